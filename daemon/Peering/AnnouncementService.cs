using FedAi.Protocol.Messages;
using FedAi.Protocol.Nostr;

namespace FedAi.Daemon.Peering;

/// <summary>
/// Announces a router on the relays: at the start, when its offer changes, before the announcement expires; and takes it
/// back when the router stops. Relays are a rendezvous, not a heartbeat (ARCHITECTURE D9).
/// </summary>
internal sealed partial class AnnouncementService(AnnouncementSigner signer, RelayOutlet outlet, Func<Uri, RouterOffer> offer, PublicAddress address, TimeProvider clock, ILogger<AnnouncementService> logger) : BackgroundService
{
    private static readonly TimeSpan CheckInterval = TimeSpan.FromMinutes(1);

    /// <summary>How long a withdrawal stays on relays, in seconds (DECISIONS E14): until everyone who is connected has it.</summary>
    private const int WithdrawnSeconds = 60;

    /// <summary>Public relays take about 10 events in a burst and 40 an hour.</summary>
    private const int Burst = 8;
    private const double PerSecond = 40.0 / 3600;

    private readonly RelayBudget budget = new(Burst, PerSecond, clock);
    private readonly Dictionary<ControlMessageType, Announcement> announced = [];
    private volatile TaskCompletionSource change = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private long NowMs => clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Tells that the offer may have changed; from any thread.</summary>
    public void OfferChanged() =>
        Interlocked.Exchange(ref change, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        var now = NowMs;
        foreach (var known in announced.Values)
            await PublishAsync(AnnouncementBuilder.Withdraw(known.Message, now), now / 1000 + WithdrawnSeconds, cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var listening = await address.Known.WaitAsync(stoppingToken);
        while (true)
        {
            var changed = change.Task;
            await AnnounceAsync(offer(listening), stoppingToken);
            await Task.WhenAny(changed, Task.Delay(CheckInterval, clock, stoppingToken));
            stoppingToken.ThrowIfCancellationRequested();
        }
    }

    private async Task AnnounceAsync(RouterOffer current, CancellationToken stop)
    {
        var now = NowMs;
        // What it says without its times: equal bytes mean that nothing changed.
        var contents = signer.Build(current, nowMs: 0);
        var messages = signer.Build(current, now);
        for (var i = 0; i < messages.Count; i++)
        {
            var known = announced.GetValueOrDefault(messages[i].Type);
            var changed = known?.Content.Span.SequenceEqual(contents[i].Payload.Span) != true;
            if (!AnnouncementPolicy.IsDue(messages[i].Type, now - known?.AtMs, changed) || !budget.TryTake()) continue;
            // Noted first: one that is on its way when the router stops must be taken back too.
            announced[messages[i].Type] = new Announcement(messages[i], contents[i].Payload, now);
            if (!await PublishAsync(messages[i], expirationSeconds: null, stop)) announced.Remove(messages[i].Type);
        }
    }

    private async Task<bool> PublishAsync(ControlEvent message, long? expirationSeconds, CancellationToken stop)
    {
        var (signed, refusal) = await signer.SignAsync(message, expirationSeconds);
        if (signed is null)
        {
            LogNotStored(message.Type, refusal!.Hint);
            return false;
        }

        var results = await outlet.PublishAsync(signed, stop);
        var published = results.Count(result => result.IsPublished);
        LogAnnounced(message.Type, published, results.Count);
        return true;
    }

    private sealed record Announcement(ControlEvent Message, ReadOnlyMemory<byte> Content, long AtMs);

    [LoggerMessage(Level = LogLevel.Information, Message = "announced {Type}: {Published} of {Relays} relays have it, and so has our own")]
    private partial void LogAnnounced(ControlMessageType type, int published, int relays);

    [LoggerMessage(Level = LogLevel.Warning, Message = "not announced {Type}: {Reason}")]
    private partial void LogNotStored(ControlMessageType type, string? reason);
}
