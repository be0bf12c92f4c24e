using System.Globalization;
using FedAi.Daemon.Store;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Messages;

namespace FedAi.Daemon.Accounts;

/// <summary>
/// One API key at work: how often and how much it asks, against its limits and those of its namespace. Tokens are set aside before a request
/// runs and counted when it has ended.
/// </summary>
internal sealed class ApiAccount
{
    private readonly Lock gate = new();
    private readonly TimeProvider time;
    private readonly TokenQuota own;
    private readonly TokenQuota? shared;
    private volatile ApiKeyRow key;
    private double level = double.MaxValue;
    private long levelAt;
    private int running;

    /// <param name="key">The key.</param>
    /// <param name="stored">What it used before; null when nothing was.</param>
    /// <param name="shared">The tokens of all keys of its namespace together; null when it is in none.</param>
    /// <param name="table">Where its use is kept.</param>
    /// <param name="time">The clock.</param>
    public ApiAccount(ApiKeyRow key, ApiUsageRow? stored, TokenQuota? shared, ApiKeyTable table, TimeProvider time)
    {
        (this.key, this.shared, this.time) = (key, shared, time);
        Owner = PublicKey.TryParse(key.Npub, out var owner) ? owner : throw new InvalidDataException($"API key {key.Id} in the store has no owner");
        own = new TokenQuota(key.Id, "this API key", (key.Tokens, key.Period), stored, table, time);
        levelAt = time.GetTimestamp();
    }

    /// <summary>Whose key it is; that never changes.</summary>
    public PublicKey Owner { get; }

    /// <summary>The key as it is now; a revoked one says so at once, also to requests that run.</summary>
    public ApiKeyRow Key
    {
        get => key;
        set => key = value;
    }

    /// <summary>Tokens and requests counted in the current period, and requests running now.</summary>
    public (ApiUsageRow Usage, int Running) Current
    {
        get
        {
            lock (gate) return (own.Usage, running);
        }
    }

    /// <summary>Counts one request against how often the key may ask, or says when to come back; and what is left.</summary>
    public Refusal? TryAsk(ApiOptions defaults, out ApiAllowance allowance)
    {
        var (perSecond, burst) = (key.PerSecond ?? defaults.Rps, key.Burst ?? defaults.Burst);
        lock (gate)
        {
            var now = time.GetTimestamp();
            level = RateRules.Refill(level, time.GetElapsedTime(levelAt, now), perSecond, burst);
            levelAt = now;
            var tooOften = level < 1;
            var wait = RateRules.Until(1, level, perSecond);
            if (!tooOften) level--;
            var tokens = own.Left is not { } mine ? shared?.Left : shared?.Left is { } ours && ours.Left < mine.Left ? ours : mine;
            allowance = new ApiAllowance(burst, (long)level, RateRules.Until(burst, level, perSecond), tokens?.Tokens, tokens?.Left, tokens?.Reset);
            return !tooOften ? null : new Refusal(ErrorCode.RateLimited,
                string.Create(CultureInfo.InvariantCulture, $"This API key may send {perSecond:0.###} requests per second, {burst} at once: wait, then send it again."),
                RetryAfterSeconds: RateRules.RetryAfter(wait));
        }
    }

    /// <summary>Takes a place for a request that is to run; whoever got it must <see cref="Leave"/>.</summary>
    public Refusal? TryEnter(ApiOptions defaults)
    {
        var concurrency = key.Concurrency ?? defaults.Concurrency;
        lock (gate)
        {
            if (running >= concurrency)
                return new Refusal(ErrorCode.RateLimited, string.Create(CultureInfo.InvariantCulture, $"This API key may have {concurrency} requests running at a time: wait until one of them ends."), RetryAfterSeconds: 1);
            running++;
            return null;
        }
    }

    public void Leave()
    {
        lock (gate) running--;
    }

    /// <summary>Sets tokens aside for a request, of the key's own quota and of its namespace's; a refusal when they are not there, or cannot be noted.</summary>
    public async Task<Refusal?> ReserveAsync(long tokens)
    {
        if (await own.ReserveAsync(tokens) is { } refusal) return refusal;
        if (shared is null || await shared.ReserveAsync(tokens) is not { } none) return null;
        await own.ReleaseAsync(tokens);
        return none;
    }

    /// <summary>Counts what a request really took, in place of what was set aside for it. Where there is a quota, it is noted when this is done.</summary>
    public Task SettleAsync(long reserved, long tokens) =>
        shared is null ? own.SettleAsync(reserved, tokens) : Task.WhenAll(own.SettleAsync(reserved, tokens), shared.SettleAsync(reserved, tokens));
}
