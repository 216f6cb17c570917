# Co projektu chybí, podle kódu: co to je a jak to vyřešit.

blocker-sponsor_vacant = Tato strana nemá sponzora. Navrhněte jej.
blocker-sponsor_not_accepted = Navržený sponzor této strany roli zatím nepřijal. Počkejte na odpověď, nebo navrhněte někoho jiného.
blocker-sponsor_not_confirmed = Vedoucí oddělení sponzora této strany zatím nepotvrdil. Požádejte ho o potvrzení, nebo navrhněte někoho jiného.
blocker-sponsor_not_in_department = Sponzor dnes nemá kmenovou pozici v oddělení této strany. Navrhněte někoho jiného, nebo opravte adresář.
blocker-lead_deactivated = Vedoucí projektu je deaktivovaný. Znovu jej aktivujte, nebo nahraďte zakládací listinu novou, s jiným vedoucím nebo bez něj.
blocker-arbiter_not_neutral = Tento rozhodce z panelu je deaktivovaný nebo není nestranný. Uveďte v zakládací listině někoho jiného.
blocker-sponsor_same_person = Jedna osoba je sponzorem dvou stran. Určete dva různé lidi.
blocker-goal_missing = Zakládací listina nemá žádný cíl. Přidejte měřitelný cíl.
blocker-milestone_missing = Zakládací listina nemá žádný milník. Přidejte jej.
blocker-dates_out_of_range = Termín cíle nebo milníku je mimo dobu trvání projektu. Změňte jej, nebo dobu trvání projektu.
blocker-signature_missing = Podpis této strany chybí, nebo je skrytý, dokud neodpoví všechny strany. Zakládací listinu musí schválit všechny strany.
blocker-signature_stale = Tato strana podepsala starší verzi zakládací listiny, nebo se její podepsaný sponzor změnil. Její sponzor s ní musí souhlasit znovu.
blocker-side_empty = Za tuto stranu zatím nepřijal pozvání žádný člen, který se počítá do parity. Pozvěte člena, nebo počkejte na odpověď.
blocker-parity_breached = Velikosti stran se liší víc, než zakládací listina dovoluje. Pozvěte nebo uvolněte členy.
blocker-home_position_missing = Tento člen nemá kmenovou pozici, na kterou by se vrátil. Zapište ji do adresáře.
blocker-ownership_gap = V některých dnech projektu za tuto oblast nikdo neodpovídá. Přiřaďte odpovědnou osobu.
blocker-owner_not_active_member = Někdo, kdo za tuto oblast odpovídá, zatím nepřijal členství. Počkejte na odpověď, nebo přiřaďte jinou osobu.
blocker-side_mismatch = Někdo, kdo za tuto oblast odpovídá, patří k jiné straně, než uvádí zakládací listina. Přiřaďte jinou osobu.
