"""What several of Huawei Cloud's APIs share on the wire; no system of its own."""
