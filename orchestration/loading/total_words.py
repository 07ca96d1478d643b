"""What lines call themselves that sum up others, in the languages of spreadsheets and exports."""

from __future__ import annotations

_WORDS = (
    "total", "totals", "grand total", "subtotal", "sub-total", "sub total", "overall", "results",
    "sum", "sums", "account total", "campaign total", "report total", "page total",
    "all campaigns", "alle kampagnen", "alla kampanjer", "alle kampagner",
    "toutes les campagnes", "todas las campañas",
    "summa", "totalt", "totalsumma", "slutsumma", "delsumma", "summa totalt",
    "i alt", "ialt", "hovedtotal", "delsum", "totalsum", "sum totalt",
    "summe", "gesamt", "insgesamt", "gesamtsumme", "gesamtkosten", "gesamtbetrag",
    "gesamtergebnis", "endsumme", "zwischensumme", "teilsumme", "teilergebnis",
    "totaal", "eindtotaal", "subtotaal", "som", "algemeen totaal",
    "totaux", "total général", "total general", "sous-total", "sous total", "somme",
    "totales", "gran total", "suma", "suma total", "total geral", "soma", "subtotais", "totais",
    "totale", "totali", "totale complessivo", "totale generale", "subtotale", "somma",
    "razem", "suma końcowa", "suma całkowita", "suma częściowa", "ogółem", "łącznie",
    "celkem", "celkový součet", "celkový súčet", "součet", "mezisoučet", "spolu", "súčet",
    "összesen", "végösszeg", "részösszeg", "total general", "toplam", "genel toplam", "ara toplam",
    "yhteensä", "kokonaissumma", "loppusumma", "välisumma", "kokku", "kopā", "iš viso",
    "ukupno", "sveukupno", "skupaj", "укупно", "разом", "всього", "общо", "итого", "итог",
    "всего", "общий итог", "промежуточный итог",
    "σύνολο", "γενικό σύνολο", "μερικό σύνολο", "סה\"כ", "סך הכל", "الإجمالي", "المجموع",
    "jumlah", "total keseluruhan", "tổng", "tổng cộng", "รวม", "ผลรวม", "कुल",
    "total cost", "total costs", "total spend", "total spent", "total ad spend", "ads total",
    "total ads", "total amount", "total kosten", "totale kosten", "kosten gesamt", "summe kosten",
    "total kostnad", "total utgift", "rapport total", "coût total", "coste total", "gasto total",
    "costo total", "spesa totale", "custo total", "koszt całkowity", "bericht gesamt",
    "合计", "总计", "小计", "合計", "總計", "小計", "総計", "총계", "합계", "소계",
)  # fmt: skip

CALLED = rf"({'|'.join(sorted(set(_WORDS)))})(\s*[:\-–—(].*|\s+(from|of|for)\s+.+)?"
"""A regular expression that matches the whole of such a name in small letters."""
