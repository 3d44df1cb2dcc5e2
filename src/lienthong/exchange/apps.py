"""Django application configuration."""

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "lienthong.exchange"
    label = "exchange"

    def ready(self) -> None:
        """Wrong rules stop the start: no document must be judged by half of them."""
        from django.conf import settings  # noqa: PLC0415

        from lienthong.common.env import SettingError  # noqa: PLC0415
        from lienthong.common.working_days import CalendarError, working_days  # noqa: PLC0415
        from lienthong.exchange.rule_sets import RuleSetError, timeline  # noqa: PLC0415

        try:
            timeline()
            working_days(settings.WORKING_DAYS)
        except RuleSetError as error:
            raise SettingError(f"LT-S10: bộ quy tắc {error} Xem docs/operations/business-types.md.") from error
        except CalendarError as error:
            raise SettingError(f"LT-S11: LIENTHONG_WORKING_DAYS: {error}") from error
