using System.Net.Sockets;
using FedAi.Daemon.Store;
using Serilog.Core;
using Serilog.Events;

namespace FedAi.Daemon.Hosting;

/// <summary>
/// Adds what may be told of an exception: types and stack, and the message only where it is the system's own words. Other
/// messages can quote what a stranger sent, so no log format prints the exception itself.
/// </summary>
internal sealed class FaultEnricher : ILogEventEnricher
{
    public void Enrich(LogEvent logEvent, ILogEventPropertyFactory propertyFactory)
    {
        if (logEvent.Exception is { } exception)
            logEvent.AddPropertyIfAbsent(propertyFactory.CreateProperty("Fault", Describe(exception)));
    }

    public static string Describe(Exception exception)
    {
        var text = new System.Text.StringBuilder();
        for (var current = exception; current is not null; current = current.InnerException)
        {
            text.AppendLine().Append("  ").Append(current.GetType().FullName);
            if (current is IOException or SocketException or SqliteException or StoreException) text.Append(": ").Append(current.Message);
            if (current.StackTrace is { } stack) text.AppendLine().Append(stack);
        }

        return text.ToString();
    }
}
