#!/usr/bin/env bash
# 合成数据 (synthetic): a compliance year and a trading day by invented persons, to the two reports.
# Usage: examples/market/year.sh HOME    (tanzhang on the PATH)
set -euo pipefail
here=$(dirname "$0")
home=$1
as() { local person=$1; shift; tanzhang --home "$home" --as "$person" "$@"; }
number() { as 安 registry account list --json | python3 -c 'import json,sys; print(next(a["number"] for a in json.load(sys.stdin) if a["entity"] == sys.argv[1]))' "$1"; }
today=$(TZ=Asia/Shanghai date +%F)
as 安 registry init --approver 白 --name 合成市场 --basis 合成数据
as 安 registry rule calendar "$here/../registry/calendar.toml" --reason 合成数据
as 安 market load
as 安 rules import "$here/bureau.csv"
as 安 rules import "$here/measures.csv"
as 安 registry conflict 核查员 verifier --document 合成名单
for entity in 合成热电厂 合成供热公司; do
  as 安 registry mandate 采 holder --scope "$entity"
  as 安 registry mandate 段 holder --scope "$entity"
  as 采 registry account open operator "$entity" "$entity"
  as 安 registry account approve "$(number "$entity")"
done
plant=$(number 合成热电厂); heat=$(number 合成供热公司)
cat > "$home/entities.csv" <<EOF
统一社会信用代码,单位名称,行业代码,登记账户,分配方法
合成热电厂,合成热电厂,4412,$plant,historical_total
合成供热公司,合成供热公司,4430,$heat,heat_benchmark
EOF
as 安 market list "$home/entities.csv" --year 2025 --document 合成名录
as 安 market figures "$here/figures_before.csv" --year 2024 --document 合成指标
as 安 market figures "$here/figures.csv" --year 2025 --document 合成指标
as 安 registry cap SY-SYA-2025 1200000 --document 合成方案 --approver 白
as 安 registry issue SY-SYA-2025 1200000 --id i1 && as 白 registry approve i1
as 安 market allocate pre --year 2025 --document 合成方案 --approver 白
for pair in 合成热电厂:950000:960000 合成供热公司:110000:110000; do
  IFS=: read -r entity reported found <<< "$pair"
  step() { as "$1" market step "$2" "$entity" --year 2025 --document "合成$2" "${@:3}"; }
  step 采 report --co2e "$reported"
  step 核查员 finding --co2e "$found"
  step 安 notice
  step 采 objection
  step 安 recheck --co2e "$found"
  step 安 decision --co2e "$found"
  as 安 market confirm "$entity" --year 2025 --document 合成确认 --approver 白
done
as 安 market allocate final --year 2025 --document 合成方案 --approver 白
as 安 market reference SY-SYA-2025 62.36 --day "$today" --document 合成参考价
cat > "$home/trades.csv" <<EOF
成交编号,成交日期,成交时间,交易方式,品种,卖方账户,买方账户,成交量,成交价
T1,$today,09:45:00,挂牌,SY-SYA-2025,$plant,$heat,6000,62.36
T2,$today,10:30:00,挂牌,SY-SYA-2025,$plant,$heat,200,68.60
T3,$today,13:05:00,挂牌,SY-SYA-2025,$plant,$heat,1,68.61
T4,$today,14:20:00,大宗,SY-SYA-2025,$plant,$heat,1000,55.00
EOF
as 安 market trades "$home/trades.csv" || test $? = 1
as 安 market pay T1 374160 --document 合成回单1
as 安 market pay T2 13720 --document 合成回单2
as 安 market settle --approver 白
as 采 registry surrender "$heat" SY-SYA-2025 109655 --year 2025 --id s1 && as 段 registry approve s1
as 采 registry surrender "$plant" SY-SYA-2025 900000 --year 2025 --id s2 && as 段 registry approve s2
as 安 market compliance 2025
as 安 market compliance 2025 --out "$home/market"
as 安 market certificate 合成供热公司 --year 2025 --out "$home/market"
as 安 market bulletin "${today%-*}" --out "$home/market"
as 安 registry verify
