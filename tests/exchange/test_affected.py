"""What still waits for agencies that are about to change."""

from __future__ import annotations

from lienthong.exchange.affected import open_deliveries_by_agency
from lienthong.registry.models import Agency
from tests import packages
from tests.exchange.conftest import Office


def test_documents_and_reports_that_were_not_fetched_are_counted_by_agency(
    department: Office, hoa_phuong: Office, hai_dang: Office, paper_commune: Agency
) -> None:
    department.send(packages.document(department.code, hoa_phuong.code, hai_dang.code, document_id="VB-1"))
    department.send(packages.document(department.code, hoa_phuong.code, "H99.30.01"))
    hoa_phuong.report(department, "VB-1", "01")
    fetched = hai_dang.inbox()[0].doc_id
    hai_dang.fetch(fetched)
    hai_dang.confirm(fetched)

    everybody = [department.agency.pk, hoa_phuong.agency.pk, hai_dang.agency.pk, paper_commune.pk]
    assert open_deliveries_by_agency(everybody) == {department.agency.pk: 1, hoa_phuong.agency.pk: 2}
    assert open_deliveries_by_agency([hai_dang.agency.pk]) == {}
    assert open_deliveries_by_agency([]) == {}
