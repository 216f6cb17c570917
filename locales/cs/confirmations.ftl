# Věty pro návštěvníky o jejich žádosti o zavolání. Vyhýbají se rodu a neoslovují jménem.

confirmation-slot = Děkujeme. Jeden z našich odborníků vám zavolá { $day } mezi { $from } a { $to } ({ $zone }) na číslo { $phone }. Na shledanou.
confirmation-asap = Děkujeme. Jeden z našich odborníků vám na číslo { $phone } zavolá co nejdříve, nejpozději { $day } do { $time }. Na shledanou.
confirmation-cancelled = Vaše žádost je zrušena, nezavoláme vám. O zavolání můžete kdykoli požádat znovu.
confirmation-completed = Náš odborník s vámi už mluvil. Děkujeme.
confirmation-unreachable = Volali jsme vám, ale nepodařilo se nám vás zastihnout. O zavolání můžete požádat znovu.
confirmation-called-in-vain = Volali jsme vám, ale nepodařilo se nám vás zastihnout. Zkusíme to znovu { $day } po { $time }.
confirmation-late = Omlouváme se, ve slíbeném čase jsme vám nezavolali. Zavoláme, jakmile to bude možné.

# Datum, jak stojí ve větě; den v týdnu 1 je pondělí.
confirmation-day = { $weekday ->
    [1] v pondělí
    [2] v úterý
    [3] ve středu
    [4] ve čtvrtek
    [5] v pátek
    [6] v sobotu
   *[7] v neděli
} { $day }. { $month ->
    [1] ledna
    [2] února
    [3] března
    [4] dubna
    [5] května
    [6] června
    [7] července
    [8] srpna
    [9] září
    [10] října
    [11] listopadu
   *[12] prosince
} { $year }
confirmation-zone = { $kind ->
    [prague] pražského času
   *[other] časové pásmo { $place }
}
