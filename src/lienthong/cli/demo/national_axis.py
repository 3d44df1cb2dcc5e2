"""The made-up national directory: ministries, the made-up city as one side with all its agencies, and a neighbour.

Every name says that it is a sample; codes with 97 to 99 belong to no body of the country. Pure data.
"""

from __future__ import annotations

from lienthong.cli.demo import city
from lienthong.cli.demo.city import CENTRAL, CITY, SampleAgency, SampleSystem

HUB_CODE = "A99"
CITY_HUB, NEIGHBOUR_HUB = "TRUC.H99", "TRUC.H98"
HUBS = (CITY_HUB, NEIGHBOUR_HUB)

MINISTRIES = (
    city.MINISTRY,
    SampleAgency("G98", "000.00.00.G98", "Bộ Mẫu Số Hai (mẫu)", "BMSH", CENTRAL, notation="BMSH-VP"),
    SampleAgency("G97", "000.00.00.G97", "Thanh tra Thử nghiệm (mẫu)", "TTTN", CENTRAL, notation="TTTN-VP"),
)
NEIGHBOUR = SampleAgency("H98", "000.00.00.H98", "UBND Thành phố Láng Giềng (mẫu)", "UBTPLG", CITY, notation="UBND-VX")
NEIGHBOUR_DEPARTMENT = SampleAgency(
    "H98.01", "000.00.01.H98", "Sở Y tế Láng Giềng (mẫu)", "SYTLG", CITY, "H98", "SYTLG-NVY"
)

AGENCIES = (
    *MINISTRIES,
    *(agency for agency in city.AGENCIES if agency is not city.MINISTRY),
    NEIGHBOUR,
    NEIGHBOUR_DEPARTMENT,
)
BY_CODE = {**city.BY_CODE, **{code: agency for agency in AGENCIES for code in (agency.code, agency.old_code)}}
BEYOND = frozenset(agency.code for agency in AGENCIES) - city.BY_CODE.keys()
"""The agencies that the city knows only from the national directory."""

SYSTEMS = (
    *(
        SampleSystem(f"HUB.{ministry.code}", f"Phần mềm quản lý văn bản của {ministry.name}", ministry.code)
        for ministry in MINISTRIES
    ),
    SampleSystem(CITY_HUB, "Trục liên thông Thành phố Mẫu (mẫu)", city.COMMITTEE.code, include_subordinates=True),
    SampleSystem(
        NEIGHBOUR_HUB, "Trục liên thông Thành phố Láng Giềng (mẫu)", NEIGHBOUR.code, include_subordinates=True
    ),
)
