using System.Globalization;
using System.Text;
using System.Text.Json;
using Serilog.Events;
using Serilog.Formatting;

namespace FedAi.Daemon.Hosting;

/// <summary>One JSON object per line: time, level, source, message and the message's own values. Exceptions appear as <see cref="FaultEnricher"/> describes them.</summary>
internal sealed class JsonLogFormatter : ITextFormatter
{
    public void Format(LogEvent logEvent, TextWriter output)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("time", logEvent.Timestamp.UtcDateTime);
            json.WriteString("level", logEvent.Level.ToString());
            json.WriteString("message", logEvent.RenderMessage(CultureInfo.InvariantCulture));
            foreach (var (name, value) in logEvent.Properties)
                json.WriteString(JsonNamingPolicy.CamelCase.ConvertName(name), value is ScalarValue { Value: string text } ? text : value.ToString(null, CultureInfo.InvariantCulture));
            json.WriteEndObject();
        }

        output.WriteLine(Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length));
    }
}
