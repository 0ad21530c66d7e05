"""Addresses of documents, below ``van-ban/``."""

from django.urls import path

from quantriet.documents.pages import attachments, clauses, entry, materials, papers, receipts

urlpatterns = [
    path("", papers.documents, name="documents"),
    path("moi/", entry.document_drop, name="document-drop"),
    path("nhap/", entry.document_enter, name="document-enter"),
    path("<int:document_id>/", papers.document, name="document"),
    path("<int:document_id>/in/", papers.document_print, name="document-print"),
    path("<int:document_id>/tep/<int:version_id>/", papers.document_file, name="document-file"),
    path("<int:document_id>/tep/", attachments.document_files, name="document-files"),
    path(
        "<int:document_id>/tep/<int:version_id>/bo/",
        attachments.document_file_remove,
        name="document-file-remove",
    ),
    path("<int:document_id>/lien-quan/", attachments.document_relations, name="document-relations"),
    path("<int:document_id>/lien-quan/bo/", attachments.document_unrelate, name="document-unrelate"),
    path("<int:document_id>/sua/", entry.document_edit, name="document-edit"),
    path("<int:document_id>/cong-bo/", entry.document_publish, name="document-publish"),
    path("<int:document_id>/thu-hoi/", entry.document_withdraw, name="document-withdraw"),
    path("<int:document_id>/da-nhan/", receipts.document_acknowledge, name="document-acknowledge"),
    path("<int:document_id>/tiep-nhan/", receipts.document_receipts, name="document-receipts"),
    path("<int:document_id>/tai-lieu/", materials.material_attach, name="material-attach"),
    path("<int:document_id>/tai-lieu/<int:material_id>/", materials.material_file, name="material-file"),
    path("tai-lieu/<int:material_id>/go/", materials.material_detach, name="material-detach"),
    path("<int:document_id>/muc/", clauses.clause_tree, name="clause-tree"),
    path("<int:document_id>/muc/them/", clauses.clause_add, name="clause-add"),
    path("muc/<int:clause_id>/sua/", clauses.clause_edit, name="clause-edit"),
    path("muc/<int:clause_id>/tach/", clauses.clause_split, name="clause-split"),
    path("muc/<int:clause_id>/gop/", clauses.clause_merge, name="clause-merge"),
    path("muc/<int:clause_id>/bo/", clauses.clause_remove, name="clause-remove"),
]
