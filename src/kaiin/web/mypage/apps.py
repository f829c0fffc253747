from django.apps import AppConfig


class MypageConfig(AppConfig):
    name = "kaiin.web.mypage"
    label = "mypage"
