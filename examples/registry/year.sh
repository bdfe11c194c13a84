#!/usr/bin/env bash
# 合成数据 (synthetic): issue, allocation, surrender, pledge, release and proof, by invented persons.
# Usage: examples/registry/year.sh HOME    (tanzhang on the PATH)
set -euo pipefail
here=$(dirname "$0")
as() { local person=$1; shift; tanzhang --home "$home" --as "$person" registry "$@"; }
home=$1
as 安 init --approver 白 --basis 合成数据
as 安 rule calendar "$here/calendar.toml" --reason 合成数据
as 安 mandate 采 holder --scope 合成热电厂
as 安 mandate 段 holder --scope 合成热电厂
as 安 mandate 柜员 bank --scope 合成银行
as 安 mandate 复核 bank --scope 合成银行
as 采 account open operator 合成热电厂 合成热电厂
plant=$(as 安 account list --json | python3 -c 'import json,sys; print(json.load(sys.stdin)[-1]["number"])')
as 安 account approve "$plant"
as 安 cap SY-SYA-2025 1000 --document 合成方案 --approver 白
as 安 issue SY-SYA-2025 1000 --id i1 && as 白 approve i1
as 安 allocate "$plant" SY-SYA-2025 800 --year 2025 --id a1 && as 白 approve a1
as 采 surrender "$plant" SY-SYA-2025 300 --year 2025 --id s1 && as 段 approve s1
as 采 pledge "$plant" SY-SYA-2025 200 --bank 合成银行 --id p1 && as 柜员 approve p1
as 柜员 release "$plant" SY-SYA-2025 50 --bank 合成银行 --refers 4 --id r1 && as 复核 approve r1
as 安 holdings "$plant" --blocks
as 安 transactions
as 安 reconcile
as 安 proof s1 --out "$home/s1.json"
