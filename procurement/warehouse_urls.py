"""Pages of the warehouses."""

from django.urls import path

from procurement.views import kits, kits_material, stock_counts, stock_lists, stock_posting

urlpatterns = [
    path("kits/", kits.matrix, name="kits"),
    path("kits/export/", kits.export, name="kits_export"),
    path("kits/<int:pk>/", kits.row, name="kits_row"),
    path("kits/<int:pk>/<int:material>/", kits_material.material, name="kits_material"),
    path("kits/<int:pk>/<int:material>/chase/", kits_material.chase, name="kits_material_chase"),
    path("chase/", kits.chase, name="kits_chase"),
    path("chase/export/", kits.chase_export, name="kits_chase_export"),
    path("stock/", stock_lists.balances, name="stock"),
    path("stock/export/", stock_lists.export, name="stock_export"),
    path("stock/desk/", stock_lists.desk, name="stock_desk"),
    path("stock/materials/<int:pk>/", stock_lists.card, name="stock_card"),
    path("stock/pairs/", stock_lists.pairs, name="stock_pairs_list"),
    path("stock/documents/", stock_lists.documents, name="stock_documents"),
    path("stock/documents/<int:pk>/", stock_lists.document, name="stock_document"),
    path("stock/documents/<int:pk>/reverse/", stock_lists.reverse, name="stock_reverse"),
    path("stock/receive/", stock_posting.receive, name="stock_receive"),
    path("stock/issue/", stock_posting.issue, name="stock_issue"),
    path("stock/return/", stock_posting.take_back, name="stock_return"),
    path("stock/transfer/", stock_posting.transfer, name="stock_transfer"),
    path("stock/scrap/", stock_posting.scrap, name="stock_scrap"),
    path("stock/pairs/post/", stock_posting.pairs, name="stock_pairs"),
    path("stock/counts/", stock_counts.sheets, name="stock_counts"),
    path("stock/counts/<int:pk>/", stock_counts.sheet, name="stock_count"),
    path("stock/counts/<int:pk>/decide/", stock_counts.decide, name="stock_count_decide"),
]
