"""The main job and a client's mistakes, by a client that nobody here generated."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import time

import grpc
import pytest

from reflection_client import Refusal, Service, request_id

PATIENCE_SECONDS = 30
INVALID = grpc.StatusCode.INVALID_ARGUMENT


@pytest.fixture(scope="session")
def contracts(suite) -> Service:
    return suite.service("contracts", "salient.contracts.v1.ContractService")


@pytest.fixture(scope="session")
def tasks(suite) -> Service:
    return suite.service("approval-orchestrator", "salient.approval.v1.TaskService")


@pytest.fixture(scope="session")
def salesperson(suite) -> dict:
    return suite.person("POST_SALESPERSON")


@pytest.fixture(scope="session")
def customer(suite, salesperson) -> str:
    customers = suite.service("customers", "salient.customers.v1.CustomerService")
    page = customers.ListCustomers({}, token=salesperson["token"])
    return page.customers[0].name


def draft(customer: str, yuan: int = 1000, **changes) -> dict:
    price = {"currency_code": "CNY", "units": yuan}
    return {
        "title": "注塑机",
        "customer": customer,
        "currency_code": "CNY",
        "lines": [{"product": "注塑机", "quantity": {"value": "1"}, "unit": "台", "unit_price": price}],
        "delivery": {"delivery_date": {"year": 2027, "month": 3, "day": 31}, "place": "上海"},
        "payments": [{"condition": "验收合格后30日内", "amount": price}],
        "liability": "逾期交货每日支付违约金。",
    } | changes


def task_of(tasks: Service, approval: str, person: dict):
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        page = tasks.ListTasks({"box": 1, "filter": f'approval = "{approval}"'}, token=person["token"])
        if page.tasks:
            return page.tasks[0]
        time.sleep(0.05)
    raise TimeoutError(f"{person['name']} never got a task")


def approve(tasks: Service, task, person: dict):
    findings = [{"item": item.id, "result": 1} for item in task.checklist]
    request = {"name": task.name, "findings": findings, "request_id": request_id()}
    return tasks.ApproveTask(request, token=person["token"])


def state_of(contract) -> str:
    return contract.DESCRIPTOR.fields_by_name["state"].enum_type.values_by_number[contract.state].name


def test_a_contract_is_signed_off(suite, contracts, tasks, salesperson, customer):
    token, region = salesperson["token"], salesperson["region_code"]
    drafted = contracts.CreateContract({"contract": draft(customer), "request_id": request_id()}, token=token)
    submitted = contracts.SubmitContract({"name": drafted.name, "request_id": request_id()}, token=token)
    assert submitted.number.startswith(f"HT-{region}-")
    approval = submitted.sign_off.approval
    # Any supervisor of the salesperson's team may review; ask those of the region.
    supervisors = [p for p in suite.ready["people"] if p["post"] == "POST_SUPERVISOR" and p["unit"] == salesperson["unit"]]
    approve(tasks, task_of(tasks, approval, supervisors[0]), supervisors[0])
    manager = suite.person("POST_REGIONAL_MANAGER", region)
    approve(tasks, task_of(tasks, approval, manager), manager)
    until = time.monotonic() + PATIENCE_SECONDS
    while state_of(contract := contracts.GetContract({"name": drafted.name}, token=token)) != "STATE_APPROVED":
        assert time.monotonic() < until, state_of(contract)
        time.sleep(0.05)
    signatories = {"company_signatory": "王伟", "customer_signatory": "客户代表"}
    signed = contracts.SignContract({"name": drafted.name, "request_id": request_id(), **signatories}, token=token)
    assert state_of(signed) == "STATE_SIGNED"


def refused(call, request, **options) -> Refusal:
    with pytest.raises(Refusal) as caught:
        call(request, **options)
    return caught.value


def test_a_wrong_person(suite, contracts, customer):
    finance = suite.person("POST_FINANCE")
    refusal = refused(contracts.CreateContract, {"contract": draft(customer), "request_id": request_id()}, token=finance["token"])
    assert (refusal.code, refusal.reason) == (grpc.StatusCode.PERMISSION_DENIED, "ERROR_REASON_POST_REQUIRED")


def test_the_caller_is_answered_in_their_language(contracts):
    refusal = refused(contracts.ListContracts, {}, language="zh-CN")
    assert (refusal.code, refusal.reason) == (grpc.StatusCode.UNAUTHENTICATED, "ERROR_REASON_TOKEN_MISSING")
    assert refusal.details["LocalizedMessage"].message == "请先登录。"


def test_a_stale_etag(contracts, salesperson, customer):
    token = salesperson["token"]
    drafted = contracts.CreateContract({"contract": draft(customer), "request_id": request_id()}, token=token)

    def update() -> dict:
        contract = draft(customer, 2000, name=drafted.name, etag=drafted.etag)
        return {"contract": contract, "request_id": request_id()}

    contracts.UpdateContract(update(), token=token)
    refusal = refused(contracts.UpdateContract, update(), token=token)
    assert (refusal.code, refusal.reason) == (grpc.StatusCode.ABORTED, "ERROR_REASON_ETAG_MISMATCH")


def test_a_repeated_request_id(contracts, salesperson, customer):
    token, key = salesperson["token"], request_id()
    request = {"contract": draft(customer), "request_id": key}
    first = contracts.CreateContract(request, token=token)
    assert contracts.CreateContract(request, token=token) == first
    other = {"contract": draft(customer, 5), "request_id": key}
    refusal = refused(contracts.CreateContract, other, token=token)
    assert (refusal.code, refusal.reason) == (INVALID, "ERROR_REASON_REQUEST_ID_REUSED")


def test_a_page_token_from_another_query(contracts, salesperson, customer):
    token = salesperson["token"]
    for _ in range(2):
        contracts.CreateContract({"contract": draft(customer), "request_id": request_id()}, token=token)
    page = contracts.ListContracts({"page_size": 1}, token=token)
    other = {"page_size": 1, "page_token": page.next_page_token, "filter": "state = DRAFT"}
    refusal = refused(contracts.ListContracts, other, token=token)
    assert (refusal.code, refusal.reason) == (INVALID, "ERROR_REASON_PAGE_TOKEN_INVALID")


@pytest.mark.parametrize(
    ("price", "reason"),
    [
        ({"currency_code": "CNY", "units": 1, "nanos": -1}, "ERROR_REASON_AMOUNT_INVALID"),
        ({"currency_code": "CNY", "units": 2**63 - 1}, None),
        (None, "ERROR_REASON_REQUEST_INVALID"),
    ],
    ids=["malformed", "beyond range", "missing"],
)
def test_an_amount_that_is_none(contracts, salesperson, customer, price, reason):
    line = {"product": "注塑机", "quantity": {"value": "1"}}
    if price:
        line["unit_price"] = price
    request = {"contract": draft(customer, lines=[line]), "request_id": request_id()}
    refusal = refused(contracts.CreateContract, request, token=salesperson["token"])
    assert refusal.code == INVALID
    assert reason in (None, refusal.reason)
    assert any("lines[0]" in field for field in refusal.fields), refusal.fields


def test_a_missing_field(contracts, salesperson, customer):
    request = {"contract": draft(customer, currency_code=""), "request_id": request_id()}
    refusal = refused(contracts.CreateContract, request, token=salesperson["token"])
    assert (refusal.code, refusal.reason) == (INVALID, "ERROR_REASON_REQUEST_INVALID")
    assert refusal.fields == ["contract.currency_code"]


def test_an_expired_token(data_dir, contracts, salesperson):
    command = [os.environ["SALIENT_BINARY"], "token", "--data-dir", str(data_dir)]
    token = subprocess.check_output([*command, "--as", salesperson["employee"], "--valid", "1s"], text=True).strip()
    claims = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
    assert claims["sub"] == salesperson["employee"]
    # Past the few seconds by which clocks may differ.
    time.sleep(8)
    refusal = refused(contracts.ListContracts, {}, token=token)
    assert (refusal.code, refusal.reason) == (grpc.StatusCode.UNAUTHENTICATED, "ERROR_REASON_TOKEN_EXPIRED")
