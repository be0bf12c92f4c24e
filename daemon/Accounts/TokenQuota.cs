using System.Globalization;
using FedAi.Daemon.Store;
using FedAi.Protocol.Messages;

namespace FedAi.Daemon.Accounts;

/// <summary>
/// The tokens of one API key, or of all keys of a namespace together: used, and set aside for requests that run. Where there is a limit both are in the store before
/// anybody hears of it, so neither a restart nor a crash gives tokens away.
/// </summary>
internal sealed class TokenQuota
{
    private readonly Lock gate = new();
    private readonly string whose;
    private readonly ApiKeyTable table;
    private readonly TimeProvider time;
    private ApiUsageRow usage;
    private (long? Tokens, QuotaPeriod Period) limit;

    /// <param name="id">Under which it is kept.</param>
    /// <param name="whose">As a refusal calls it: this API key.</param>
    /// <param name="limit">Tokens in a period; null is no limit.</param>
    /// <param name="stored">What was used before; null when nothing was.</param>
    /// <param name="table">Where it is kept.</param>
    /// <param name="time">The clock.</param>
    public TokenQuota(string id, string whose, (long? Tokens, QuotaPeriod Period) limit, ApiUsageRow? stored, ApiKeyTable table, TimeProvider time)
    {
        (this.whose, this.limit, this.table, this.time) = (whose, limit, table, time);
        // What was set aside when the process ended may have been delivered: it counts.
        usage = stored is null ? new ApiUsageRow(id, 0, 0, 0, 0) : stored with { Tokens = stored.Tokens + stored.Reserved, Reserved = 0 };
    }

    /// <summary>Tokens in a period; null is no limit. With the first limit, and in periods of another kind, the count begins anew.</summary>
    public (long? Tokens, QuotaPeriod Period) Limit
    {
        get
        {
            lock (gate) return limit;
        }

        set
        {
            lock (gate)
            {
                if (value.Period != limit.Period || limit.Tokens is null) usage = usage with { PeriodMs = QuotaRules.Start(value.Period, time.GetUtcNow()), Tokens = 0, Requests = 0 };
                limit = value;
            }
        }
    }

    /// <summary>Of the current period.</summary>
    public ApiUsageRow Usage
    {
        get
        {
            lock (gate)
            {
                Turn();
                return usage;
            }
        }
    }

    /// <summary>How many tokens there are in the period, how many of them are left, and when there are as many again; null without a limit.</summary>
    public (long Tokens, long Left, TimeSpan? Reset)? Left
    {
        get
        {
            lock (gate)
            {
                Turn();
                return limit.Tokens is { } tokens ? (tokens, Math.Max(0, tokens - usage.Tokens - usage.Reserved), QuotaRules.Remaining(limit.Period, time.GetUtcNow())) : null;
            }
        }
    }

    /// <summary>Sets tokens aside for a request; a refusal when they are not there, or cannot be noted.</summary>
    public async Task<Refusal?> ReserveAsync(long tokens)
    {
        Task<Refusal?> saved;
        lock (gate)
        {
            Turn();
            if (limit.Tokens is { } most && usage.Tokens + usage.Reserved + tokens > most) return UsedUp(most, most - usage.Tokens - usage.Reserved, tokens);
            usage = usage with { Reserved = usage.Reserved + tokens };
            // Without a limit there is nothing that a crash could give away.
            if (limit.Tokens is null) return null;
            saved = table.SaveUsageAsync(usage, hurry: true);
        }

        if (await saved is not { } refusal) return null;
        lock (gate) usage = usage with { Reserved = usage.Reserved - tokens };
        return refusal;
    }

    /// <summary>Gives back what was set aside for a request that does not run.</summary>
    public Task ReleaseAsync(long reserved) => ChangeAsync(reserved, 0, 0);

    /// <summary>Counts what a request really took, in place of what was set aside for it. Where there is a limit, it is noted when this is done.</summary>
    public Task SettleAsync(long reserved, long tokens) => ChangeAsync(reserved, tokens, 1);

    private Task ChangeAsync(long reserved, long tokens, long requests)
    {
        lock (gate)
        {
            Turn();
            usage = usage with { Reserved = usage.Reserved - reserved, Tokens = usage.Tokens + tokens, Requests = usage.Requests + requests };
            var saved = table.SaveUsageAsync(usage, hurry: limit.Tokens is not null);
            return limit.Tokens is null ? Task.CompletedTask : saved;
        }
    }

    /// <summary>Begins a new period when its time has come. What still runs is set aside there as well.</summary>
    private void Turn()
    {
        var period = QuotaRules.Start(limit.Period, time.GetUtcNow());
        if (period > usage.PeriodMs) usage = usage with { PeriodMs = period, Tokens = 0, Requests = 0 };
    }

    private Refusal UsedUp(long most, long left, long wanted)
    {
        var per = limit.Period switch { QuotaPeriod.Day => " per day (UTC)", QuotaPeriod.Month => " per month (UTC)", _ => "" };
        var what = left <= 0
            ? "are used up or set aside for requests that run"
            : string.Create(CultureInfo.InvariantCulture, $"are used up but for {left}, and prompt and answer may need {wanted}: ask for fewer tokens (max_tokens)");
        // What is more than the whole quota does not fit in the next period either.
        var wait = wanted <= most ? QuotaRules.Remaining(limit.Period, time.GetUtcNow()) : null;
        return new Refusal(ErrorCode.QuotaExceeded, string.Create(CultureInfo.InvariantCulture, $"The {most} tokens{per} of {whose} {what}; its operator can give it more."),
            RetryAfterSeconds: wait is { } reset ? RateRules.RetryAfter(reset) : null);
    }
}
