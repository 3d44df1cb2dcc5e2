"""Django application of the training ground. Its tables stay empty everywhere else."""

from django.apps import AppConfig


class TrainingConfig(AppConfig):
    name = "lienthong.training"
    label = "training"
