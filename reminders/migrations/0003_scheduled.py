from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("reminders", "0002_quotes"),
    ]

    operations = [
        migrations.AddField(
            model_name="message",
            name="custom_message",
            field=models.TextField(blank=True, default=""),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="message",
            name="scheduled_for",
            field=models.DateTimeField(
                blank=True,
                help_text="A person chose this time; the letter is written then.",
                null=True,
                verbose_name="scheduled for",
            ),
        ),
    ]
