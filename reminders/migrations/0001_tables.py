import billing_assistant.core.clock
import billing_assistant.core.ids
import django.contrib.postgres.fields
import django.db.models.deletion
import reminders.states
from billing_assistant.core.at_once import AtOnce
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [
        ('reminders', '0001_initial'),
        ('reminders', '0002_quotes'),
        ('reminders', '0003_scheduled'),
    ]

    initial = True

    dependencies = [
        ('core', '0001_tables'),
        ('customers', '0001_tables'),
        ('invoices', '0001_tables'),
        ('payments', '0001_tables'),
    ]

    operations = [
        AtOnce([
            migrations.CreateModel(
                name='Message',
                fields=[
                    ('id', models.UUIDField(default=billing_assistant.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('created_at', models.DateTimeField(default=billing_assistant.core.clock.now, editable=False)),
                    ('number', models.CharField(max_length=40, verbose_name='number')),
                    ('kind', models.CharField(choices=[('invoice_sent', 'Invoice'), ('payment_received', 'Receipt'), ('credit_note_sent', 'Credit note'), ('quote_sent', 'Quote'), ('custom', 'Message')], max_length=20, verbose_name='kind')),
                    ('channel', models.CharField(choices=[('email', 'E-mail')], default=reminders.states.Channel['EMAIL'], max_length=10, verbose_name='channel')),
                    ('key', models.CharField(max_length=160, unique=True)),
                    ('sender', models.CharField(max_length=200)),
                    ('reply_to', models.CharField(blank=True, max_length=200)),
                    ('recipients', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=254), size=None)),
                    ('subject', models.CharField(max_length=240, verbose_name='subject')),
                    ('text', models.TextField()),
                    ('html', models.TextField(blank=True)),
                    ('language', models.CharField(default='en', max_length=5)),
                    ('attach_pdf', models.BooleanField(default=False, help_text='Goes out with the PDF of its document, or not at all.')),
                    ('status', models.CharField(choices=[('pending', 'Waiting'), ('claimed', 'Being prepared'), ('sending', 'Being sent'), ('sent', 'Sent'), ('failed', 'Failed'), ('unknown', 'Not known'), ('cancelled', 'Cancelled')], default=reminders.states.MessageStatus['PENDING'], max_length=10, verbose_name='status')),
                    ('due_at', models.DateTimeField()),
                    ('scheduled_for', models.DateTimeField(blank=True, help_text='A person chose this time; the letter is written then.', null=True, verbose_name='scheduled for')),
                    ('custom_message', models.TextField(blank=True)),
                    ('lease_until', models.DateTimeField(blank=True, null=True)),
                    ('attempts', models.PositiveSmallIntegerField(default=0)),
                    ('provider', models.CharField(blank=True, max_length=30)),
                    ('provider_message_id', models.CharField(blank=True, max_length=200)),
                    ('last_error', models.CharField(blank=True, max_length=300)),
                    ('sent_at', models.DateTimeField(blank=True, null=True)),
                    ('actor_label', models.CharField(blank=True, max_length=150)),
                    ('customer', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='messages', to='customers.customer')),
                    ('invoice', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='messages', to='invoices.invoice')),
                    ('payment', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='messages', to='payments.payment')),
                    ('profile', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.businessprofile')),
                    ('quote', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='messages', to='invoices.quote')),
                    ('resend_of', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='reminders.message')),
                ],
                options={
                    'ordering': ('-id',),
                },
            ),
            migrations.CreateModel(
                name='MessageAttachment',
                fields=[
                    ('id', models.BigAutoField(primary_key=True, serialize=False)),
                    ('name', models.CharField(max_length=200)),
                    ('file', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.storedfile')),
                    ('message', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='attachments', to='reminders.message')),
                ],
            ),
        ]),
        AtOnce([
            migrations.AddIndex(
                model_name='message',
                index=models.Index(condition=models.Q(('status', 'pending')), fields=['due_at', 'id'], name='message_due'),
            ),
            migrations.AddIndex(
                model_name='message',
                index=models.Index(condition=models.Q(('status__in', ['claimed', 'sending'])), fields=['lease_until'], name='message_leased'),
            ),
            migrations.AddIndex(
                model_name='message',
                index=models.Index(fields=['profile', '-id'], name='message_by_profile'),
            ),
            migrations.AddIndex(
                model_name='message',
                index=models.Index(condition=models.Q(('status__in', ['pending', 'claimed', 'sending', 'failed', 'unknown'])), fields=['profile', '-id'], name='message_open'),
            ),
            migrations.AddIndex(
                model_name='message',
                index=models.Index(fields=['customer', '-id'], name='message_by_customer'),
            ),
            migrations.AddIndex(
                model_name='message',
                index=models.Index(fields=['invoice'], name='message_by_invoice'),
            ),
            migrations.AddIndex(
                model_name='message',
                index=models.Index(condition=models.Q(('quote__isnull', False)), fields=['quote'], name='message_by_quote'),
            ),
            migrations.AddConstraint(
                model_name='message',
                constraint=models.UniqueConstraint(fields=('profile', 'number'), name='message_number_once'),
            ),
            migrations.AddConstraint(
                model_name='message',
                constraint=models.CheckConstraint(condition=models.Q(('status__in', ['pending', 'claimed', 'sending', 'sent', 'failed', 'unknown', 'cancelled'])), name='message_status_known'),
            ),
            migrations.AddConstraint(
                model_name='message',
                constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['invoice_sent', 'payment_received', 'credit_note_sent', 'quote_sent', 'custom'])), name='message_kind_known'),
            ),
        ]),
    ]
