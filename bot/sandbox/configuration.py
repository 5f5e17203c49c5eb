"""The sandbox's slipway.yaml, whose ids are filled in; `content` does."""

from typing import Final

CONFIGURATION: Final = """\
# The sandbox's configuration, written anew at every start.
connections:
  huawei:
    kind: huaweicloud
    region: {region}
    project_id: {project}
    auth: {{access_key: "${{CLOUD_SDK_AK}}", secret_key: "${{CLOUD_SDK_SK}}"}}
    endpoints: {{servicestage: "{clouds}", cce: "{clouds}", iam: "{clouds}"}}
  huawei-token:
    kind: huaweicloud
    region: {region}
    project_id: {project}
    auth: {{token: "${{CLOUD_TOKEN}}"}}
    endpoints: {{servicestage: "{clouds}"}}
  huawei-user:
    kind: huaweicloud
    region: {region}
    project_id: {project}
    auth: {{username: {user}, password: "${{CLOUD_PASSWORD}}", domain: {domain}}}
    endpoints: {{servicestage: "{clouds}", cce: "{clouds}", iam: "{clouds}"}}
  lab:
    kind: cloudpods
    auth:
      identity_url: {lab}/v3
      username: {lab_user}
      password: "${{LAB_PASSWORD}}"
      project: {lab_project}
      domain: {lab_domain}
    endpoints: {{k8s: "{lab}/api"}}

targets:
  checkout:
    system: servicestage-v3
    connection: huawei
    application_id: {shop}
    component_id: {checkout}
    source_url: "swr.{region}.myhuaweicloud.com/shop/checkout:{{version}}"
    gray_release: {{deployment_mode: 3, remaining_batch: 2}}
    channel: {channel}
    policy: prod
    aliases: [co]
  billing:
    system: servicestage-v2
    connection: huawei-token
    application_id: {billing_application}
    component_id: {billing_component}
    instance_id: {billing_instance}
    artifacts: {{billing: "swr.{region}.myhuaweicloud.com/shop/billing:{{version}}"}}
    channel: {channel}
    policy: prod
  edge:
    system: cce-cluster
    connection: huawei-user
    cluster_id: {edge}
    flavour: standard
    snapshot: true
    channel: {channel}
    policy: cluster
  search:
    system: cce-release
    connection: huawei
    cluster_id: {search_cluster}
    flavour: autopilot
    namespace: monitoring
    release: search
    chart: {search_chart}
    channel: {channel}
    policy: prod
  etcd:
    system: cloudpods-release
    connection: lab
    cluster: {etcd_cluster}
    namespace: {etcd_namespace}
    release: {etcd_release}
    chart: {etcd_chart}
    channel: {channel}
    policy: prod
  flaky:
    system: servicestage-v3
    connection: huawei
    application_id: {shop}
    component_id: {flaky}
    source_url: "swr.{region}.myhuaweicloud.com/shop/flaky:{{version}}"
    channel: {channel}
    policy: prod
  metrics:
    system: cce-release
    connection: huawei
    cluster_id: {edge}
    flavour: standard
    namespace: monitoring
    release: metrics
    chart: metrics
    channel: {channel}
    policy: prod
  # Where nobody has to approve.
  checkout-dev:
    system: servicestage-v3
    connection: huawei
    application_id: {shop}
    component_id: {checkout_dev}
    source_url: "swr.{region}.myhuaweicloud.com/shop/checkout:{{version}}"
    channel: {channel}
    policy: dev
  staging:
    system: cce-cluster
    connection: huawei-user
    cluster_id: {staging}
    flavour: standard
    snapshot: false
    confirm_postcheck: true                      # somebody says that its workloads are well
    channel: {channel}
    policy: dev
  # What is not there yet: /ops create makes it, after the vendor's whole body.
  checkout-canary:
    system: servicestage-v3
    connection: huawei
    application_id: {shop}
    source_url: "swr.{region}.myhuaweicloud.com/shop/checkout:{{version}}"
    channel: {channel}
    policy: dev
    create:
      name: checkout-canary
      version: 1.4.0
      environment_id: {environment}
      replica: 1
      runtime_stack: {{name: Docker, type: Docker, version: "", deploy_mode: container}}
      source: {{kind: image, storage: swr, url: ""}}
      refer_resources: [{{id: {edge}, type: cce}}]
  billing-canary:
    system: servicestage-v2
    connection: huawei-token
    application_id: {billing_application}
    artifacts: {{billing-canary: "swr.{region}.myhuaweicloud.com/shop/billing:{{version}}"}}
    channel: {channel}
    policy: dev
    create:
      component: {{name: billing-canary, runtime: Docker, category: Common}}
      instance:
        name: billing-canary-1
        version: 2.4.0
        environment_id: {environment_v2}
        flavor_id: "SMALL-10G:1.0C:2G"
        replica: 1
        artifacts: {{billing-canary: {{storage: swr, type: image, auth: iam}}}}
        refer_resources: [{{id: {edge}, type: cce, parameters: {{namespace: default}}}}]
  search-canary:
    system: cce-release
    connection: huawei
    cluster_id: {edge}
    flavour: standard
    namespace: monitoring
    release: search-canary
    chart: search
    channel: {channel}
    policy: dev
    create: {{version: 1.1.0, values: {{replicas: 1}}}}
  etcd-canary:
    system: cloudpods-release
    connection: lab
    cluster: {etcd_cluster}
    namespace: {etcd_namespace}
    release: etcd-canary
    chart: {etcd_chart}
    channel: {channel}
    policy: dev
    create: {{version: 8.11.2}}

hooks:
  {hook}:
    kind: standard
    secrets: ["${{HOOK_CI}}"]
    targets: [checkout, flaky, billing, edge, search, metrics, etcd]
    map: {{shop/checkout: checkout}}
  alerts:
    kind: alertmanager
    secrets: ["${{HOOK_CI}}"]
    targets: [checkout, flaky, billing, edge, search, metrics, etcd]

admins: [S0SRE]
aliases: [[U0BOB, U0BOBADMIN]]                   # one person, whose approvals count once
{audit}
policies:
  prod:
    request: [S0DEVS, S0SRE]
    approve: [S0SRE]
    approvals: 1
    approval_expires: 60m
    rollback: [S0DEVS, S0SRE]
    rollback_approvals: 0
{break_glass}    deadline: 30m
  dev:                                           # everybody who builds it may change it, at once
    request: [S0DEVS, S0SRE]
    approve: [S0SRE]
    approvals: 0
    on_failure: rollback                         # by itself, unless somebody presses "Do not"
    rollback_after: 60s
    deadline: 30m
  cluster:                                       # what cannot be taken back
    request: [S0DEVS, S0SRE]
{cluster_gates}    approval_expires: 60m
{break_glass}    deadline: 30m
"""
