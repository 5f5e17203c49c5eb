"""Slipway beside code that others wrote: Huawei's official Python SDK, in a process of its own.

The same stories are played twice against our simulators: once by our client, once by the SDK, which
makes every call of our flows in its own words. What leaves, and what is understood of the answers,
is compared; each difference has its reason in `calls.py`. The SDK's signer checks our signatures.

Cloudpods has no such peer here. Its Python SDK and its command line `climc` are made for its own
images: neither is published as a package that a lock with hashes could name, and both want an
installation of Cloudpods to ask for their endpoints.
"""
