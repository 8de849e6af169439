"""The demo gateway's own tables, and the business profile that a webhook was matched to."""

import billing_assistant.core.clock
import billing_assistant.core.models.fields
import django.db.models.deletion
import integrations.models.demo
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0001_initial'),
        ('integrations', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='webhookevent',
            name='profile',
            field=models.ForeignKey(blank=True, help_text='Known once the event was matched to something of ours.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.businessprofile'),
        ),
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
                ('status', models.CharField(choices=[('open', 'Open'), ('complete', 'Complete'), ('expired', 'Expired')], default='open', max_length=10)),
                ('expires_at', models.DateTimeField()),
            ],
            options={
                'ordering': ('-created_at',),
                'constraints': [models.UniqueConstraint(fields=('account', 'idempotency_key'), name='demo_session_once_per_key'), models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='demo_session_is_positive'), models.CheckConstraint(condition=models.Q(('status__in', ['open', 'complete', 'expired'])), name='demo_session_status_known')],
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
    ]
