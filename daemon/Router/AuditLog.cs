using System.Buffers;
using System.Diagnostics.Metrics;
using System.Text.Json;
using System.Threading.Channels;

namespace FedAi.Daemon.Router;

/// <summary>
/// The router's audit (MAN-25): JSON lines that a loop of its own writes, so that a request pays for putting down a few references and never
/// waits for the disk. What does not fit is counted and left out; a disk that is full costs lines, not answers.
/// </summary>
internal sealed partial class AuditLog(AuditFile file, RouterStanding standing, TimeProvider time, ILogger<AuditLog> logger) : BackgroundService
{
    /// <summary>A second of a busy router; a few hundred KiB at most.</summary>
    private const int MaxWaiting = 8192;

    private const int MaxBatchBytes = 64 * 1024;

    private static readonly TimeSpan CountsEvery = TimeSpan.FromMinutes(1);

    private static readonly Meter Meter = new("FedAi.Router");
    private static readonly Counter<long> Lost = Meter.CreateCounter<long>("fedai.audit.lost", description: "Lines of the audit that were not written, because too many waited or the disk did not take them.");

    private readonly Channel<AuditEntry> waiting = Channel.CreateBounded<AuditEntry>(new BoundedChannelOptions(MaxWaiting) { SingleReader = true });
    private readonly AuditTally tally = new();
    private bool isFailing;

    /// <summary>Whether lines of this kind are written; asked first, so that what nobody reads is not made.</summary>
    public bool Tells(AuditMode least) => standing.Audit >= least;

    /// <summary>Puts one line down, if lines of its kind are written.</summary>
    public void Add(AuditMode least, AuditEntry entry)
    {
        if (!Tells(least)) return;
        if (!waiting.Writer.TryWrite(entry with { AtMs = time.GetUtcNow().ToUnixTimeMilliseconds() })) Lost.Add(1);
    }

    /// <summary>Puts a refusal or failure down: by name while its key is proven and not too many are, else as one more of its kind.</summary>
    public void AddRefused(AuditEntry entry, bool isProven)
    {
        if (Tells(AuditMode.Basic) && tally.Names(entry, isProven)) Add(AuditMode.Basic, entry);
    }

    /// <summary>Writes what was put down before, then ends.</summary>
    public override Task StopAsync(CancellationToken cancellationToken)
    {
        AddCounts();
        Add(AuditMode.Basic, new AuditEntry("stop", "ok"));
        waiting.Writer.TryComplete();
        return base.StopAsync(cancellationToken);
    }

    public override void Dispose()
    {
        file.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (standing.Audit == AuditMode.Off) return;
        Add(AuditMode.Basic, new AuditEntry("start", standing.IsOnProbation ? "probation" : "normal"));
        var batch = new ArrayBufferWriter<byte>(MaxBatchBytes);
        using var json = new Utf8JsonWriter(batch);
        await using var counts = time.CreateTimer(_ => AddCounts(), null, CountsEvery, CountsEvery);
        // Until the channel is completed, which is when the daemon stops.
        while (await waiting.Reader.WaitToReadAsync(CancellationToken.None))
        {
            var lines = 0;
            for (; batch.WrittenCount < MaxBatchBytes && waiting.Reader.TryRead(out var entry); lines++) Write(json, batch, entry);
            try
            {
                file.Append(batch.WrittenSpan);
                isFailing = false;
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                Lost.Add(lines);
                if (!isFailing) LogLost(exception.Message);
                isFailing = true;
            }

            batch.ResetWrittenCount();
        }
    }

    private void AddCounts()
    {
        foreach (var count in tally.Take()) Add(AuditMode.Basic, count);
    }

    private static void Write(Utf8JsonWriter json, ArrayBufferWriter<byte> batch, in AuditEntry entry)
    {
        json.Reset();
        json.WriteStartObject();
        json.WriteNumber("atMs"u8, entry.AtMs);
        json.WriteString("event"u8, entry.Event);
        json.WriteString("outcome"u8, entry.Outcome);
        if (entry.Key is { } key) json.WriteString("key"u8, key.Npub);
        if (entry.Node is { } node) json.WriteString("node"u8, node.Npub);
        if (entry.RequestId is { } id) json.WriteString("requestId"u8, id);
        if (entry.Model is { } model) json.WriteString("model"u8, model);
        if (entry.TookMs is { } took) json.WriteNumber("tookMs"u8, took);
        if (entry.InputTokens is { } input) json.WriteNumber("inputTokens"u8, input);
        if (entry.OutputTokens is { } output) json.WriteNumber("outputTokens"u8, output);
        if (entry.Count is { } count) json.WriteNumber("count"u8, count);
        json.WriteEndObject();
        json.Flush();
        batch.Write("\n"u8);
    }

    [LoggerMessage(LogLevel.Warning, "the audit cannot be written, lines are lost until it can: {Reason}")]
    private partial void LogLost(string reason);
}
