"""Pages of purchasing."""

from django.urls import path

from procurement.views import materials, moves, orders, plan, suppliers, usage, work

urlpatterns = [
    path("", work.work, name="work"),
    path("draft/", work.draft, name="draft"),
    path("recalculate/", work.recalculate, name="recalculate"),
    path("plan/", plan.plan, name="plan"),
    path("plan/export/", plan.export, name="plan_export"),
    path("materials/new/", materials.material_edit, name="material_new"),
    path("materials/<int:pk>/", plan.material, name="material"),
    path("materials/<int:pk>/edit/", materials.material_edit, name="material_edit"),
    path("orders/", orders.order_list, name="orders"),
    path("orders/new/", orders.order_new, name="order_new"),
    path("orders/<int:pk>/", orders.order, name="order"),
    path("orders/<int:pk>/edit/", orders.order_edit, name="order_edit"),
    path("orders/<int:pk>/send/", orders.order_send, name="order_send"),
    path("orders/<int:pk>/export/", orders.order_export, name="order_export"),
    path("orders/<int:pk>/promise/", moves.order_promise, name="order_promise"),
    path("orders/<int:pk>/impact/", moves.order_impact, name="order_impact"),
    path("orders/<int:pk>/chase/", moves.chase, name="chase"),
    path("orders/<int:pk>/cancel/", moves.order_cancel, name="order_cancel"),
    path("usage/", usage.usage_list, name="usage_list"),
    path("usage/<int:pk>/", usage.usage, name="usage"),
    path("usage/<int:pk>/edit/", usage.usage_edit, name="usage_edit"),
    path("suppliers/", suppliers.supplier_list, name="suppliers"),
    path("suppliers/new/", suppliers.supplier_edit, name="supplier_new"),
    path("suppliers/<int:pk>/", suppliers.supplier, name="supplier"),
    path("suppliers/<int:pk>/export/", suppliers.supplier_export, name="supplier_export"),
    path("suppliers/<int:pk>/edit/", suppliers.supplier_edit, name="supplier_edit"),
]
