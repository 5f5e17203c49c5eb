"""A strict Huawei Cloud project, one folder per API."""
