using System.Globalization;
using FedAi.Daemon.Store;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Messages;

namespace FedAi.Daemon.Accounts;

/// <summary>
/// One API key at work: how often and how much it asks, against its limits. Tokens are set aside before a request runs and
/// counted when it has ended; both are in the store before anybody hears of it, so neither a restart nor a crash gives tokens away.
/// </summary>
internal sealed class ApiAccount
{
    private readonly Lock gate = new();
    private readonly ApiKeyTable table;
    private readonly TimeProvider time;
    private volatile ApiKeyRow key;
    private ApiUsageRow usage;
    private double level = double.MaxValue;
    private long levelAt;
    private int running;

    public ApiAccount(ApiKeyRow key, ApiUsageRow? stored, ApiKeyTable table, TimeProvider time)
    {
        (this.key, this.table, this.time) = (key, table, time);
        Owner = PublicKey.TryParse(key.Npub, out var owner) ? owner : throw new InvalidDataException($"API key {key.Id} in the store has no owner");
        // What was set aside when the process ended may have been delivered: it counts.
        usage = stored is null ? new ApiUsageRow(key.Id, 0, 0, 0, 0) : stored with { Tokens = stored.Tokens + stored.Reserved, Reserved = 0 };
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
            lock (gate)
            {
                Turn();
                return (usage, running);
            }
        }
    }

    /// <summary>Counts one request against how often the key may ask, or says when to come back; and what is left.</summary>
    public Refusal? TryAsk(ApiOptions defaults, out ApiAllowance allowance)
    {
        var (perSecond, burst) = (key.PerSecond ?? defaults.Rps, key.Burst ?? defaults.Burst);
        lock (gate)
        {
            Turn();
            var now = time.GetTimestamp();
            level = RateRules.Refill(level, time.GetElapsedTime(levelAt, now), perSecond, burst);
            levelAt = now;
            var tooOften = level < 1;
            var wait = RateRules.Until(1, level, perSecond);
            if (!tooOften) level--;
            var left = key.Tokens - usage.Tokens - usage.Reserved;
            allowance = new ApiAllowance(burst, (long)level, RateRules.Until(burst, level, perSecond), key.Tokens, left is null ? null : Math.Max(0, left.Value), QuotaRules.Remaining(key.Period, time.GetUtcNow()));
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

    /// <summary>Sets tokens of the quota aside for a request; a refusal when they are not there, or cannot be noted.</summary>
    public async Task<Refusal?> ReserveAsync(long tokens)
    {
        Task<Refusal?> saved;
        lock (gate)
        {
            Turn();
            if (key.Tokens is { } quota && usage.Tokens + usage.Reserved + tokens > quota) return UsedUp(quota, quota - usage.Tokens - usage.Reserved, tokens);
            usage = usage with { Reserved = usage.Reserved + tokens };
            // Without a quota there is nothing that a crash could give away.
            if (key.Tokens is null) return null;
            saved = table.SaveUsageAsync(usage, hurry: true);
        }

        if (await saved is not { } refusal) return null;
        lock (gate) usage = usage with { Reserved = usage.Reserved - tokens };
        return refusal;
    }

    /// <summary>Counts what a request really took, in place of what was set aside for it. Where there is a quota, it is noted when this is done.</summary>
    public Task SettleAsync(long reserved, long tokens)
    {
        lock (gate)
        {
            Turn();
            usage = usage with { Reserved = usage.Reserved - reserved, Tokens = usage.Tokens + tokens, Requests = usage.Requests + 1 };
            var saved = table.SaveUsageAsync(usage, hurry: key.Tokens is not null);
            return key.Tokens is null ? Task.CompletedTask : saved;
        }
    }

    /// <summary>Begins a new period when its time has come. What still runs is set aside there as well.</summary>
    private void Turn()
    {
        var period = QuotaRules.Start(key.Period, time.GetUtcNow());
        if (period > usage.PeriodMs) usage = usage with { PeriodMs = period, Tokens = 0, Requests = 0 };
    }

    private Refusal UsedUp(long quota, long left, long wanted)
    {
        var per = key.Period switch { QuotaPeriod.Day => " per day (UTC)", QuotaPeriod.Month => " per month (UTC)", _ => "" };
        var what = left <= 0
            ? "are used up or set aside for requests that run"
            : string.Create(CultureInfo.InvariantCulture, $"are used up but for {left}, and prompt and answer may need {wanted}: ask for fewer tokens (max_tokens)");
        // What is more than the whole quota does not fit in the next period either.
        var wait = wanted <= quota ? QuotaRules.Remaining(key.Period, time.GetUtcNow()) : null;
        return new Refusal(ErrorCode.QuotaExceeded, string.Create(CultureInfo.InvariantCulture, $"The {quota} tokens{per} of this API key {what}; its operator can give it more."),
            RetryAfterSeconds: wait is { } reset ? RateRules.RetryAfter(reset) : null);
    }
}
