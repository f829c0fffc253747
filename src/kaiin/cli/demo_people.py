"""Believable people for the demo: invented names, with readings; addresses that do not exist."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from kaiin.identity.choices import PREFECTURES

_FAMILY = (
    "佐藤サトウsato 鈴木スズキsuzuki 高橋タカハシtakahashi 田中タナカtanaka 伊藤イトウito "
    "渡辺ワタナベwatanabe 山本ヤマモトyamamoto 中村ナカムラnakamura 小林コバヤシkobayashi "
    "加藤カトウkato 吉田ヨシダyoshida 山田ヤマダyamada 佐々木ササキsasaki 山口ヤマグチyamaguchi "
    "松本マツモトmatsumoto 井上イノウエinoue 木村キムラkimura 林ハヤシhayashi 斎藤サイトウsaito "
    "清水シミズshimizu 山﨑ヤマザキyamazaki 森モリmori 池田イケダikeda 橋本ハシモトhashimoto "
    "阿部アベabe 石川イシカワishikawa 前田マエダmaeda 藤田フジタfujita 小川オガワogawa "
    "岡田オカダokada 髙木タカギtakagi 後藤ゴトウgoto 長谷川ハセガワhasegawa 村上ムラカミmurakami"
)
_GIVEN = (
    "陽菜ヒナhina 結衣ユイyui 美咲ミサキmisaki 葵アオイaoi さくらサクラsakura 優花ユウカyuka "
    "真央マオmao 遥ハルカharuka 彩香アヤカayaka 千尋チヒロchihiro 恵子ケイコkeiko 由美ユミyumi "
    "直子ナオコnaoko 裕子ユウコyuko 智子トモコtomoko 蓮レンren 大翔ヒロトhiroto 悠真ユウマyuma "
    "健太ケンタkenta 翔ショウsho 拓也タクヤtakuya 誠マコトmakoto 浩ヒロシhiroshi 萌モエmoe "
    "麻衣マイmai 玲奈レナrena 梨花リカrika 愛アイai 舞マイmai 琴音コトネkotone"
)
_NICKNAMES = (
    "{given}", "{given}っこ", "{kana}🌸", "{given}☆", "{romaji}", "{kana}ちゃん", "まる", "ぽんず",
    "そら", "みるく", "しろくま", "{romaji}.{number}", "もちもち", "こはる", "ねこ派", "月夜",
)  # fmt: skip
_DOMAINS = ("mail.example", "docomo.example", "ezweb.example", "softbank.example", "icloud.example")


@dataclass(frozen=True)
class Person:
    """A person to register; `details` are those of the tenant file, as stored."""

    email: str
    details: dict[str, object]


class Crowd:
    """People in an order that the source of randomness decides; no address twice."""

    def __init__(self, source: Random) -> None:
        self._source = source
        self._number = 100

    def next(self, today: date, *, nickname: str = "", email: str = "") -> Person:
        """A new person, aged 14 to 70."""
        family, given = self._name(_FAMILY), self._name(_GIVEN)
        self._number += self._source.randint(1, 7)
        words = dict(zip(("given", "kana", "romaji"), given, strict=True), number=self._number)
        age = timedelta(days=self._source.randint(14 * 366, 70 * 365))
        return Person(
            email=email or f"{given[2]}.{family[2]}{self._number}@{self._source.choice(_DOMAINS)}",
            details={
                "nickname": nickname or self._source.choice(_NICKNAMES).format(**words),
                "legal_name": f"{family[0]} {given[0]}",
                "legal_name_kana": f"{family[1]} {given[1]}",
                "birth_date": today - age,
                "prefecture": self._source.choice(PREFECTURES[:-1]),
                "phone": f"+81900{self._source.randint(1_000_000, 9_999_999)}",
            },
        )

    def _name(self, names: str) -> tuple[str, str, str]:
        """One name as (written, katakana, romaji), taken apart at the changes of script."""
        word = self._source.choice(names.split())
        kana_at = next(at for at, c in enumerate(word) if "\u30a1" <= c <= "\u30fc")
        romaji_at = next(at for at, c in enumerate(word) if c.isascii())
        return word[:kana_at], word[kana_at:romaji_at], word[romaji_at:]
