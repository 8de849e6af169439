import billing_assistant.core.clock
import billing_assistant.core.ids
import billing_assistant.core.models.fields
import billing_assistant.core.models.sealed
import django.db.models.deletion
import integrations.models.demo
import integrations.models.webhooks
import pgtrigger.compiler
import pgtrigger.migrations
from billing_assistant.core.at_once import AtOnce
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [
        ('integrations', '0001_initial'),
        ('integrations', '0002_connections'),
        ('integrations', '0003_mpesa'),
        ('integrations', '0004_dodo'),
    ]

    initial = True

    dependencies = [
        ('core', '0001_tables'),
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        AtOnce([
            migrations.CreateModel(
                name='DemoDelivery',
                fields=[
                    ('id', models.CharField(default=integrations.models.demo.delivery_id, editable=False, max_length=60, primary_key=True, serialize=False)),
                    ('created_at', models.DateTimeField(default=billing_assistant.core.clock.now, editable=False)),
                    ('account', models.CharField(max_length=60)),
                    ('kind', models.CharField(max_length=60)),
                    ('object_id', models.CharField(max_length=60)),
                    ('due_at', models.DateTimeField(blank=True, null=True)),
                    ('attempts', models.PositiveSmallIntegerField(default=0)),
                    ('delivered_at', models.DateTimeField(blank=True, null=True)),
                    ('last_error', models.CharField(blank=True, max_length=200)),
                ],
                options={
                    'verbose_name_plural': 'demo deliveries',
                    'ordering': ('-created_at',),
                    'indexes': [models.Index(condition=models.Q(('due_at__isnull', False)), fields=['due_at'], name='demo_delivery_due')],
                    'constraints': [models.UniqueConstraint(fields=('kind', 'object_id'), name='demo_event_once')],
                },
            ),
            migrations.CreateModel(
                name='DemoSession',
                fields=[
                    ('id', models.CharField(default=integrations.models.demo.session_id, editable=False, max_length=60, primary_key=True, serialize=False)),
                    ('created_at', models.DateTimeField(default=billing_assistant.core.clock.now, editable=False)),
                    ('account', models.CharField(max_length=60)),
                    ('idempotency_key', models.CharField(max_length=120)),
                    ('request_hash', models.CharField(max_length=64)),
                    ('reference', models.CharField(max_length=80)),
                    ('amount', models.BigIntegerField()),
                    ('currency', billing_assistant.core.models.fields.CurrencyField(max_length=3)),
                    ('description', models.CharField(blank=True, max_length=200)),
                    ('payer_name', models.CharField(blank=True, max_length=160)),
                    ('payer_email', models.CharField(blank=True, max_length=254)),
                    ('success_url', models.CharField(max_length=500)),
                    ('cancel_url', models.CharField(max_length=500)),
                    ('status', models.CharField(choices=[('open', 'Open'), ('complete', 'Complete'), ('expired', 'Expired')], default=integrations.models.demo.DemoSessionStatus['OPEN'], max_length=10)),
                    ('expires_at', models.DateTimeField()),
                ],
                options={
                    'ordering': ('-created_at',),
                    'constraints': [models.UniqueConstraint(fields=('account', 'idempotency_key'), name='demo_session_once_per_key'), models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='demo_session_is_positive'), models.CheckConstraint(condition=models.Q(('status__in', ['open', 'complete', 'expired'])), name='demo_session_status_known')],
                },
            ),
            migrations.CreateModel(
                name='GatewayConnection',
                fields=[
                    ('id', models.UUIDField(default=billing_assistant.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('created_at', models.DateTimeField(default=billing_assistant.core.clock.now, editable=False)),
                    ('vendor', models.CharField(max_length=30, verbose_name='provider')),
                    ('environment', models.CharField(choices=[('test', 'Test'), ('live', 'Live')], max_length=4, verbose_name='mode')),
                    ('account', models.CharField(blank=True, max_length=60, verbose_name='account')),
                    ('account_label', models.CharField(blank=True, max_length=120, verbose_name='account name')),
                    ('credentials_sealed', billing_assistant.core.models.sealed.SealedColumn(blank=True, default='', editable=False, verbose_name='keys')),
                    ('hook_secret_sealed', billing_assistant.core.models.sealed.SealedColumn(blank=True, default='', editable=False, verbose_name='secret of the webhook address')),
                    ('enabled', models.BooleanField(default=False, verbose_name='on')),
                    ('position', models.PositiveSmallIntegerField(default=0, verbose_name='position')),
                    ('checked_at', models.DateTimeField(blank=True, null=True, verbose_name='last test')),
                    ('check_passed', models.BooleanField(blank=True, null=True, verbose_name='last test passed')),
                    ('check_text', models.CharField(blank=True, max_length=300, verbose_name='what the last test said')),
                    ('profile', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.businessprofile')),
                ],
                options={
                    'ordering': ('position', 'id'),
                },
            ),
            migrations.CreateModel(
                name='DodoPage',
                fields=[
                    ('id', models.UUIDField(default=billing_assistant.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('created_at', models.DateTimeField(default=billing_assistant.core.clock.now, editable=False)),
                    ('key', models.CharField(max_length=120)),
                    ('reference', models.CharField(max_length=80)),
                    ('units', models.BigIntegerField(blank=True, null=True)),
                    ('currency', billing_assistant.core.models.fields.CurrencyField(max_length=3)),
                    ('expires_at', models.DateTimeField()),
                    ('session_id', models.CharField(blank=True, max_length=120)),
                    ('url', models.CharField(blank=True, max_length=2000)),
                    ('connection', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='integrations.gatewayconnection')),
                ],
                options={
                    'ordering': ('-id',),
                },
            ),
            migrations.CreateModel(
                name='GatewayConnectionEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.UUIDField(default=billing_assistant.core.ids.uuid7, editable=False, serialize=False)),
                    ('created_at', models.DateTimeField(default=billing_assistant.core.clock.now, editable=False)),
                    ('vendor', models.CharField(max_length=30, verbose_name='provider')),
                    ('environment', models.CharField(choices=[('test', 'Test'), ('live', 'Live')], max_length=4, verbose_name='mode')),
                    ('account', models.CharField(blank=True, max_length=60, verbose_name='account')),
                    ('account_label', models.CharField(blank=True, max_length=120, verbose_name='account name')),
                    ('enabled', models.BooleanField(default=False, verbose_name='on')),
                    ('position', models.PositiveSmallIntegerField(default=0, verbose_name='position')),
                    ('checked_at', models.DateTimeField(blank=True, null=True, verbose_name='last test')),
                    ('check_passed', models.BooleanField(blank=True, null=True, verbose_name='last test passed')),
                    ('check_text', models.CharField(blank=True, max_length=300, verbose_name='what the last test said')),
                    ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='integrations.gatewayconnection')),
                    ('profile', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='core.businessprofile')),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='MpesaOrder',
                fields=[
                    ('id', models.UUIDField(default=billing_assistant.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('created_at', models.DateTimeField(default=billing_assistant.core.clock.now, editable=False)),
                    ('kind', models.CharField(choices=[('reversal', 'Reversal'), ('question', 'Question')], max_length=10)),
                    ('key', models.CharField(max_length=120)),
                    ('receipt', models.CharField(max_length=20)),
                    ('reference', models.CharField(blank=True, max_length=80)),
                    ('shillings', models.PositiveIntegerField(default=0)),
                    ('originator_id', models.CharField(blank=True, max_length=80)),
                    ('conversation_id', models.CharField(blank=True, max_length=80)),
                    ('refusal', models.CharField(blank=True, max_length=200)),
                    ('result', models.CharField(blank=True, max_length=20)),
                    ('result_text', models.CharField(blank=True, max_length=200)),
                    ('result_at', models.DateTimeField(blank=True, null=True)),
                    ('connection', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='integrations.gatewayconnection')),
                ],
                options={
                    'ordering': ('-id',),
                },
            ),
            migrations.CreateModel(
                name='MpesaPush',
                fields=[
                    ('id', models.UUIDField(default=billing_assistant.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('created_at', models.DateTimeField(default=billing_assistant.core.clock.now, editable=False)),
                    ('reference', models.UUIDField(unique=True)),
                    ('shillings', models.PositiveIntegerField()),
                    ('phone', models.CharField(blank=True, max_length=15)),
                    ('account_reference', models.CharField(max_length=12)),
                    ('merchant_id', models.CharField(blank=True, max_length=60)),
                    ('checkout_id', models.CharField(blank=True, max_length=60)),
                    ('told_code', models.CharField(blank=True, max_length=20)),
                    ('told_receipt', models.CharField(blank=True, max_length=20)),
                    ('told_amount', models.DecimalField(blank=True, decimal_places=2, max_digits=19, null=True)),
                    ('told_phone', models.CharField(blank=True, max_length=20)),
                    ('told_at', models.DateTimeField(blank=True, null=True)),
                    ('result', models.CharField(blank=True, max_length=20)),
                    ('result_at', models.DateTimeField(blank=True, null=True)),
                    ('connection', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='integrations.gatewayconnection')),
                ],
                options={
                    'verbose_name_plural': 'M-Pesa pushes',
                    'ordering': ('-id',),
                },
            ),
            migrations.CreateModel(
                name='MpesaReceipt',
                fields=[
                    ('id', models.UUIDField(default=billing_assistant.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('created_at', models.DateTimeField(default=billing_assistant.core.clock.now, editable=False)),
                    ('receipt', models.CharField(max_length=20)),
                    ('amount', models.DecimalField(decimal_places=2, max_digits=19)),
                    ('typed_reference', models.CharField(blank=True, max_length=60)),
                    ('payer_name', models.CharField(blank=True, max_length=120)),
                    ('payer_phone', models.CharField(blank=True, max_length=40)),
                    ('paid_at', models.DateTimeField()),
                    ('asked_at', models.DateTimeField(blank=True, null=True)),
                    ('state', models.CharField(blank=True, max_length=40)),
                    ('found_amount', models.DecimalField(blank=True, decimal_places=2, max_digits=19, null=True)),
                    ('found_at', models.DateTimeField(blank=True, null=True)),
                    ('connection', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='integrations.gatewayconnection')),
                    ('push', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='receipts', to='integrations.mpesapush')),
                ],
                options={
                    'ordering': ('-id',),
                },
            ),
            migrations.CreateModel(
                name='WebhookEvent',
                fields=[
                    ('id', models.UUIDField(default=billing_assistant.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('created_at', models.DateTimeField(default=billing_assistant.core.clock.now, editable=False)),
                    ('source', models.CharField(max_length=30)),
                    ('account', models.CharField(blank=True, max_length=60)),
                    ('event_id', models.CharField(max_length=150)),
                    ('kind', models.CharField(blank=True, max_length=80)),
                    ('object_id', models.CharField(blank=True, max_length=150)),
                    ('body', models.BinaryField()),
                    ('status', models.CharField(choices=[('received', 'Received'), ('done', 'Processed'), ('ignored', 'Nothing to do'), ('parked', 'Parked')], default=integrations.models.webhooks.WebhookStatus['RECEIVED'], max_length=10)),
                    ('attempts', models.PositiveSmallIntegerField(default=0)),
                    ('due_at', models.DateTimeField(blank=True, null=True)),
                    ('processed_at', models.DateTimeField(blank=True, null=True)),
                    ('outcome', models.CharField(blank=True, max_length=300)),
                    ('connection', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='integrations.gatewayconnection')),
                    ('profile', models.ForeignKey(blank=True, help_text='Known once the event was matched to something of ours.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.businessprofile')),
                ],
                options={
                    'ordering': ('-id',),
                },
            ),
            migrations.CreateModel(
                name='DemoPayment',
                fields=[
                    ('id', models.CharField(default=integrations.models.demo.payment_id, editable=False, max_length=60, primary_key=True, serialize=False)),
                    ('created_at', models.DateTimeField(default=billing_assistant.core.clock.now, editable=False)),
                    ('amount', models.BigIntegerField()),
                    ('currency', billing_assistant.core.models.fields.CurrencyField(max_length=3)),
                    ('status', models.CharField(choices=[('processing', 'Processing'), ('succeeded', 'Succeeded'), ('failed', 'Failed')], max_length=10)),
                    ('card_last4', models.CharField(max_length=4)),
                    ('failure_code', models.CharField(blank=True, max_length=40)),
                    ('settles_at', models.DateTimeField(blank=True, null=True)),
                    ('session', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='payments', to='integrations.demosession')),
                ],
                options={
                    'ordering': ('-created_at',),
                    'indexes': [models.Index(condition=models.Q(('settles_at__isnull', False)), fields=['settles_at'], name='demo_payment_to_settle')],
                    'constraints': [models.UniqueConstraint(condition=models.Q(('status', 'failed'), _negated=True), fields=('session',), name='demo_session_paid_once'), models.CheckConstraint(condition=models.Q(('status__in', ['processing', 'succeeded', 'failed'])), name='demo_payment_status_known')],
                },
            ),
        ]),
        AtOnce([
            migrations.AddIndex(
                model_name='gatewayconnection',
                index=models.Index(fields=['vendor', 'account'], name='connection_by_account'),
            ),
            migrations.AddConstraint(
                model_name='gatewayconnection',
                constraint=models.UniqueConstraint(condition=models.Q(('account', ''), _negated=True), fields=('profile', 'vendor', 'environment', 'account'), name='connection_once_per_account'),
            ),
            migrations.AddConstraint(
                model_name='gatewayconnection',
                constraint=models.CheckConstraint(condition=models.Q(('enabled', False), models.Q(('account', ''), _negated=True), _connector='OR'), name='connection_enabled_has_account'),
            ),
            migrations.AddConstraint(
                model_name='gatewayconnection',
                constraint=models.CheckConstraint(condition=models.Q(('environment__in', ['test', 'live'])), name='connection_environment_known'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='gatewayconnection',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "integrations_gatewayconnectionevent" ("account", "account_label", "check_passed", "check_text", "checked_at", "created_at", "enabled", "environment", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "profile_id", "vendor") SELECT new_values."account", new_values."account_label", new_values."check_passed", new_values."check_text", new_values."checked_at", new_values."created_at", new_values."enabled", new_values."environment", new_values."id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."position", new_values."profile_id", new_values."vendor" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='2916e922eb86834f9a0e38bb049e2e1d98fdf683', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_60448', referencing='REFERENCING NEW TABLE AS new_values ', table='integrations_gatewayconnection', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='gatewayconnection',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "integrations_gatewayconnectionevent" ("account", "account_label", "check_passed", "check_text", "checked_at", "created_at", "enabled", "environment", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "profile_id", "vendor") SELECT new_values."account", new_values."account_label", new_values."check_passed", new_values."check_text", new_values."checked_at", new_values."created_at", new_values."enabled", new_values."environment", new_values."id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."position", new_values."profile_id", new_values."vendor" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."account" IS DISTINCT FROM (new_values."account") OR old_values."account_label" IS DISTINCT FROM (new_values."account_label") OR old_values."check_passed" IS DISTINCT FROM (new_values."check_passed") OR old_values."check_text" IS DISTINCT FROM (new_values."check_text") OR old_values."checked_at" IS DISTINCT FROM (new_values."checked_at") OR old_values."created_at" IS DISTINCT FROM (new_values."created_at") OR old_values."enabled" IS DISTINCT FROM (new_values."enabled") OR old_values."environment" IS DISTINCT FROM (new_values."environment") OR old_values."id" IS DISTINCT FROM (new_values."id") OR old_values."position" IS DISTINCT FROM (new_values."position") OR old_values."profile_id" IS DISTINCT FROM (new_values."profile_id") OR old_values."vendor" IS DISTINCT FROM (new_values."vendor")) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='1b9a4018c4f492d51dbc5c6fe804c4091b44e4f9', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_93d29', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='integrations_gatewayconnection', when='AFTER')),
            ),
            migrations.AddIndex(
                model_name='dodopage',
                index=models.Index(fields=['connection', 'reference'], name='dodo_page_by_reference'),
            ),
            migrations.AddConstraint(
                model_name='dodopage',
                constraint=models.UniqueConstraint(fields=('connection', 'key'), name='dodo_page_once_per_key'),
            ),
            migrations.AddConstraint(
                model_name='dodopage',
                constraint=models.UniqueConstraint(condition=models.Q(('session_id', ''), _negated=True), fields=('connection', 'session_id'), name='dodo_page_once'),
            ),
            migrations.AddIndex(
                model_name='mpesaorder',
                index=models.Index(fields=['connection', 'receipt'], name='mpesa_order_by_receipt'),
            ),
            migrations.AddConstraint(
                model_name='mpesaorder',
                constraint=models.UniqueConstraint(fields=('connection', 'key'), name='mpesa_order_once_per_key'),
            ),
            migrations.AddConstraint(
                model_name='mpesaorder',
                constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['reversal', 'question'])), name='mpesa_order_kind_known'),
            ),
            migrations.AddIndex(
                model_name='mpesapush',
                index=models.Index(fields=['connection', 'account_reference', '-id'], name='mpesa_push_by_reference'),
            ),
            migrations.AddConstraint(
                model_name='mpesapush',
                constraint=models.UniqueConstraint(condition=models.Q(('checkout_id', ''), _negated=True), fields=('connection', 'checkout_id'), name='mpesa_push_once'),
            ),
            migrations.AddConstraint(
                model_name='mpesapush',
                constraint=models.CheckConstraint(condition=models.Q(('shillings__gt', 0)), name='mpesa_push_is_positive'),
            ),
            migrations.AddIndex(
                model_name='mpesareceipt',
                index=models.Index(fields=['connection', 'paid_at'], name='mpesa_receipt_by_time'),
            ),
            migrations.AddConstraint(
                model_name='mpesareceipt',
                constraint=models.UniqueConstraint(fields=('connection', 'receipt'), name='mpesa_receipt_once'),
            ),
            migrations.AddConstraint(
                model_name='mpesareceipt',
                constraint=models.UniqueConstraint(fields=('push',), name='mpesa_push_has_one_receipt'),
            ),
            migrations.AddConstraint(
                model_name='mpesareceipt',
                constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='mpesa_receipt_is_positive'),
            ),
            migrations.AddIndex(
                model_name='webhookevent',
                index=models.Index(condition=models.Q(('status', 'received')), fields=['due_at', 'id'], name='webhook_due'),
            ),
            migrations.AddConstraint(
                model_name='webhookevent',
                constraint=models.UniqueConstraint(fields=('source', 'account', 'event_id'), name='webhook_event_once'),
            ),
            migrations.AddConstraint(
                model_name='webhookevent',
                constraint=models.CheckConstraint(condition=models.Q(('status__in', ['received', 'done', 'ignored', 'parked'])), name='webhook_status_known'),
            ),
        ]),
    ]
