using FedAi.Protocol.Messages;
using FedAi.Protocol.Nostr;
using FedAi.RelayDiscovery.Connections;

namespace FedAi.Daemon.Peering;

/// <summary>
/// Announces a router on the relays: at the start, when its offer changes, before the announcement expires; and takes it
/// back when the router stops. Relays are a rendezvous, not a heartbeat (ARCHITECTURE D9).
/// </summary>
internal sealed partial class AnnouncementService(AnnouncementSigner signer, RelayOutlet outlet, Func<Uri, RouterOffer> offer, PublicAddress address, TimeProvider clock, ILogger<AnnouncementService> logger) : BackgroundService, IHostedLifecycleService
{
    private static readonly TimeSpan CheckInterval = TimeSpan.FromMinutes(1);

    /// <summary>How long the offer must stay the same before a change is announced that follows another one: nodes that come back together are two changes, the first of them and the others…</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(2);

    /// <summary>…and how long that is waited for at most, so that a fleet that never rests is announced too. What changes later than this after a change is announced at once.</summary>
    private static readonly TimeSpan LongestSettling = TimeSpan.FromSeconds(20);

    /// <summary>How long a stopping daemon waits for relays to confirm, and then for the readers of its own; longer would cost the requests that are still running.</summary>
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, Announcement> announced = new(StringComparer.Ordinal);
    private volatile NostrEvent? caps;
    private BackpressureState? told;
    private int withdrawn;
    private volatile TaskCompletionSource change = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private long NowMs => clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>What this router last said of itself; null before it said anything.</summary>
    public NostrEvent? Caps => caps;

    /// <summary>Tells that the offer may have changed; from any thread.</summary>
    public void OfferChanged() =>
        Interlocked.Exchange(ref change, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => WithdrawAsync();

    /// <summary>
    /// Takes everything back, once, while the relays are still connected and the own relay still has its readers. A relay that does not
    /// answer in time keeps it until it expires. Receipts stay: what was metered was metered.
    /// </summary>
    public async Task WithdrawAsync()
    {
        if (Interlocked.Exchange(ref withdrawn, 1) != 0) return;
        using var patience = new CancellationTokenSource(Farewell, clock);
        await StopAsync(patience.Token);
        Task farewell = Task.WhenAll(announced.Values.Where(known => known.Message.Type is not ControlMessageType.ReceiptSummary).Select(known => TakeBackAsync(known, patience.Token)));
        await farewell.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        using var handOver = new CancellationTokenSource(Farewell, clock);
        await outlet.SentAsync(handOver.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        LogWithdrawn();
    }

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Ends by returning: it is stopped before the host says that it stops, when an exception would still count as a failure.</summary>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            var listening = await address.Known.WaitAsync(stoppingToken);
            long? changedAt = null;
            while (!stoppingToken.IsCancellationRequested)
            {
                var changed = change.Task;
                await AnnounceAsync(offer(listening), stoppingToken);
                await Task.WhenAny(changed, Task.Delay(CheckInterval, clock, stoppingToken));
                if (!changed.IsCompleted) continue;
                if (changedAt is { } before && clock.GetElapsedTime(before) < LongestSettling) await SettleAsync(stoppingToken);
                changedAt = clock.GetTimestamp();
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Told to stop.
        }
    }

    private async Task SettleAsync(CancellationToken stop)
    {
        var since = clock.GetTimestamp();
        Task changed;
        do
        {
            changed = change.Task;
            await Task.WhenAny(changed, Task.Delay(Settling, clock, stop));
        }
        while (changed.IsCompleted && clock.GetElapsedTime(since) < LongestSettling);
    }

    private async Task AnnounceAsync(RouterOffer current, CancellationToken stop)
    {
        var now = NowMs;
        // What it says without its times: equal bytes mean that nothing changed.
        var contents = signer.Build(current, nowMs: 0);
        var messages = signer.Build(current, now);
        for (var i = 0; i < messages.Count; i++)
        {
            var known = announced.GetValueOrDefault(messages[i].Address!);
            var changed = known?.Content.Span.SequenceEqual(contents[i].Payload.Span) != true;
            if (!AnnouncementPolicy.IsDue(messages[i].Type, now - known?.AtMs, changed, turned: current.Load.BackpressureState != told)) continue;
            var (signed, refusal) = await signer.SignAsync(messages[i]);
            if (signed is null)
            {
                LogNotStored(messages[i].Type, refusal!.Hint);
                continue;
            }

            // Noted before it is sent: one that is on its way when the router stops must be taken back too.
            announced[messages[i].Address!] = new Announcement(messages[i], signed, contents[i].Payload, now);
            if (messages[i].Type is ControlMessageType.CapsAnnounce) caps = signed;
            if (messages[i].Type is ControlMessageType.StatusAnnounce) told = current.Load.BackpressureState;
            await SendAsync(signed, messages[i].Type, stop);
        }

        // A price for work that nobody here does any more.
        foreach (var (gone, known) in announced.Where(known => known.Value.Message.Type is ControlMessageType.PriceAnnounce && messages.All(message => message.Address != known.Key)).ToList())
        {
            announced.Remove(gone);
            await TakeBackAsync(known, stop);
        }
    }

    private Task<IReadOnlyList<RelayPublishResult>> TakeBackAsync(Announcement known, CancellationToken stop) =>
        outlet.PublishAsync(signer.Withdraw(known.Signed, known.Message, NowMs), stop, urgent: true);

    private async Task SendAsync(NostrEvent signed, ControlMessageType type, CancellationToken stop)
    {
        var results = await outlet.PublishAsync(signed, stop);
        var published = results.Count(result => result.IsPublished);
        LogAnnounced(type, published, results.Count);
    }

    private sealed record Announcement(ControlEvent Message, NostrEvent Signed, ReadOnlyMemory<byte> Content, long AtMs);

    [LoggerMessage(Level = LogLevel.Information, Message = "announced {Type}: {Published} of {Relays} relays have it, and so has our own")]
    private partial void LogAnnounced(ControlMessageType type, int published, int relays);

    [LoggerMessage(Level = LogLevel.Information, Message = "announcements withdrawn")]
    private partial void LogWithdrawn();

    [LoggerMessage(Level = LogLevel.Warning, Message = "not announced {Type}: {Reason}")]
    private partial void LogNotStored(ControlMessageType type, string? reason);
}
