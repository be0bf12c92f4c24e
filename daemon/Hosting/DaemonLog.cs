using System.Globalization;
using Serilog;
using Serilog.Core;
using Serilog.Events;

namespace FedAi.Daemon.Hosting;

/// <summary>The daemon's log: Serilog's console sink on standard output, from where journald takes it.</summary>
internal static class DaemonLog
{
    private const string Text = "{Timestamp:yyyy-MM-ddTHH:mm:ss.fffzzz} {Level:u3} {SourceContext} {Message:lj}{Fault:l}{NewLine}";

    public static Logger Create(LogOptions options, LoggingLevelSwitch level)
    {
        level.MinimumLevel = Level(options.Level);
        var log = new LoggerConfiguration()
            .MinimumLevel.ControlledBy(level)
            // The framework's lines below a warning name paths and connections of every request: noise, and at debug level parts of what was sent.
            .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
            .Enrich.With<FaultEnricher>();
        return (options.Format == LogFormat.Json
            ? log.WriteTo.Console(new JsonLogFormatter())
            : log.WriteTo.Console(outputTemplate: Text, formatProvider: CultureInfo.InvariantCulture)).CreateLogger();
    }

    public static LogEventLevel Level(LogLevel level) => level switch
    {
        LogLevel.Trace => LogEventLevel.Verbose,
        LogLevel.Debug => LogEventLevel.Debug,
        LogLevel.Information => LogEventLevel.Information,
        LogLevel.Warning => LogEventLevel.Warning,
        LogLevel.Error => LogEventLevel.Error,
        _ => LogEventLevel.Fatal,
    };
}
