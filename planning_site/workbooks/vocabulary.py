"""Header words of the trade that sheets of several apps have in common; an app's own words stand beside its kinds."""

STYLE_WORDS = (
    "公司货号", "货号", "款号", "型体", "型体号", "工厂货号", "工厂款号", "鞋号", "style", "style no", "article", "article no", "art",
    "art no",
    "model", "item no", "referencia", "ref", "modelo", "artigo", "articulo", "artikel", "modell", "modele", "articolo",
)  # fmt: skip
COLOUR_WORDS = ("颜色", "配色", "色", "颜色名称", "colour", "color", "cor", "couleur", "farbe", "colore")
