using System.Security.Cryptography;
using FedAi.Daemon.Store;
using FedAi.Protocol.Messages;
using FedAi.Protocol.Nostr;

namespace FedAi.Daemon.Accounts;

/// <summary>The API keys of this daemon: made, rotated, revoked, and found by their secret. They are read when first asked for.</summary>
internal sealed class ApiKeys(ApiKeyTable table, ApiOptions defaults, TimeProvider time)
{
    /// <summary>Each is some hundred bytes of memory, also one that opens nothing any more.</summary>
    private const int MaxKeys = 10_000;

    private const int IdChars = 8;

    private readonly Lock gate = new();

    // What a key counts must not be lost while it is used, so only those go that open nothing any more.
    private readonly Dictionary<string, ApiAccount> accounts = new(StringComparer.Ordinal);

    /// <summary>What the keys of each namespace use together; one stays, whose keys are gone.</summary>
    private readonly Dictionary<string, TokenQuota> namespaces = new(StringComparer.Ordinal);
    private volatile Dictionary<Hex32, (ApiAccount Account, long? UntilMs)>? bySecret;
    private volatile ApiOptions defaults = defaults;

    /// <summary>What keys may do that have no limits of their own.</summary>
    public ApiOptions Defaults
    {
        get => defaults;
        set => defaults = value;
    }

    /// <summary>All keys, the oldest first.</summary>
    public IReadOnlyList<ApiAccount> All
    {
        get
        {
            lock (gate)
            {
                Read();
                return [.. accounts.Values.OrderBy(account => account.Key.CreatedMs).ThenBy(account => account.Key.Id, StringComparer.Ordinal)];
            }
        }
    }

    /// <summary>The namespaces that keys are in or that have a limit, by name.</summary>
    public IReadOnlyList<(string Name, TokenQuota Quota)> Namespaces
    {
        get
        {
            lock (gate)
            {
                Read();
                return [.. namespaces.Select(one => (one.Key, one.Value)).OrderBy(one => one.Key, StringComparer.Ordinal)];
            }
        }
    }

    /// <summary>The key this secret opens now, or why it opens none and what to do. An unknown secret leaves nothing behind.</summary>
    public (ApiAccount? Account, Refusal? Refusal) Find(ReadOnlySpan<char> secret)
    {
        if (!ApiSecret.TryHash(secret, out var hash) || !(bySecret ?? Read()).TryGetValue(hash, out var found))
            return (null, Unauthorized("This API key is not known here: check that it was copied whole and is for this router, or ask the router's operator for a new one."));
        var (key, now) = (found.Account.Key, time.GetUtcNow().ToUnixTimeMilliseconds());
        return key.RevokedMs is not null ? (null, Revoked)
            : key.ExpiresMs <= now ? (null, Unauthorized("This API key has expired: ask the router's operator for a new one."))
            : found.UntilMs <= now ? (null, Unauthorized("This API key was replaced by a newer one: use that, or ask the router's operator for it."))
            : (found.Account, null);
    }

    /// <summary>For whoever uses a key that was taken back.</summary>
    public static Refusal Revoked { get; } = Unauthorized("This API key was revoked: ask the router's operator for a new one.");

    /// <summary>Keeps a new key under an id of its own; its secret is in this answer and nowhere else.</summary>
    public async Task<(ApiAccount? Account, string? Secret, Refusal? Refusal)> IssueAsync(ApiKeyRow wanted)
    {
        if (await MakeRoomAsync() is { } full) return (null, null, full);
        var key = wanted with { Id = RandomNumberGenerator.GetHexString(IdChars, lowercase: true), CreatedMs = time.GetUtcNow().ToUnixTimeMilliseconds() };
        var secret = ApiSecret.Create();
        _ = ApiSecret.TryHash(secret, out var hash);
        if (await table.AddAsync(key, hash) is { } refusal) return (null, null, refusal);
        return (Changed(key.Id), secret, null);
    }

    /// <summary>Gives a key a new secret; the one before opens it for <paramref name="grace"/> longer.</summary>
    public async Task<(ApiAccount? Account, string? Secret, Refusal? Refusal)> RotateAsync(string id, TimeSpan grace)
    {
        if (Get(id) is not { } account) return (null, null, NoSuchKey(id));
        if (account.Key.RevokedMs is not null) return (null, null, new Refusal(ErrorCode.InvalidRequest, $"Key {id} was revoked: make a new one with fedai apikeys new."));
        var secret = ApiSecret.Create();
        _ = ApiSecret.TryHash(secret, out var hash);
        if (await table.RotateAsync(id, hash, (time.GetUtcNow() + grace).ToUnixTimeMilliseconds()) is { } refusal) return (null, null, refusal);
        return (Changed(id), secret, null);
    }

    /// <summary>Takes a key back for good: from here on it opens nothing, and what runs with it ends.</summary>
    public async Task<(ApiAccount? Account, Refusal? Refusal)> RevokeAsync(string id)
    {
        if (Get(id) is not { }) return (null, NoSuchKey(id));
        return await table.RevokeAsync(id, time.GetUtcNow().ToUnixTimeMilliseconds()) is { } refusal ? (null, refusal) : (Changed(id), null);
    }

    /// <summary>Limits what all keys of a namespace may use together from now on, those to come among them; no tokens: no longer.</summary>
    public async Task<Refusal?> LimitAsync(string name, long? tokens, QuotaPeriod period)
    {
        TokenQuota quota;
        lock (gate)
        {
            Read();
            if (!namespaces.ContainsKey(name) && namespaces.Count >= MaxKeys) return new Refusal(ErrorCode.InvalidRequest, $"There are {MaxKeys} namespaces, the most there can be.");
            quota = NamespaceOf(name, []);
        }

        // First here, so that nothing is counted in a period of the kind before after that is gone from the store.
        var before = quota.Limit;
        quota.Limit = (tokens, period);
        if (await table.LimitAsync(name, tokens, period) is not { } refusal) return null;
        quota.Limit = before;
        return refusal;
    }

    /// <summary>Where there are as many keys as there can be, the one goes that has opened nothing for longest.</summary>
    private async Task<Refusal?> MakeRoomAsync()
    {
        if (All is not { Count: >= MaxKeys } all) return null;
        var dead = all.Select(account => account.Key).MinBy(DeadSince)!;
        if (DeadSince(dead) > time.GetUtcNow().ToUnixTimeMilliseconds())
            return new Refusal(ErrorCode.InvalidRequest, $"There are {MaxKeys} keys that hold, the most there can be: take some back with fedai apikeys revoke.");
        if (await table.DeleteAsync(dead.Id) is { } refusal) return refusal;
        lock (gate)
        {
            accounts.Remove(dead.Id);
            bySecret = null;
        }

        return null;
    }

    private static long DeadSince(ApiKeyRow key) => Math.Min(key.RevokedMs ?? long.MaxValue, key.ExpiresMs ?? long.MaxValue);

    private ApiAccount? Get(string id)
    {
        lock (gate)
        {
            Read();
            return accounts.GetValueOrDefault(id);
        }
    }

    private ApiAccount Changed(string id)
    {
        lock (gate)
        {
            bySecret = null;
            Read();
            return accounts[id];
        }
    }

    /// <summary>What the store says; keys that are known stay the objects they are, with what they count.</summary>
    private Dictionary<Hex32, (ApiAccount Account, long? UntilMs)> Read()
    {
        lock (gate)
        {
            if (bySecret is { } known) return known;
            var usage = accounts.Count == 0 ? table.Usage().ToDictionary(row => row.KeyId, StringComparer.Ordinal) : [];
            if (namespaces.Count == 0)
                foreach (var limited in table.Namespaces()) NamespaceOf(limited.Name, usage, (limited.Tokens, limited.Period));
            foreach (var key in table.Keys())
                if (accounts.TryGetValue(key.Id, out var account)) account.Key = key;
                else accounts.Add(key.Id, new ApiAccount(key, usage.GetValueOrDefault(key.Id), key.Namespace.Length > 0 ? NamespaceOf(key.Namespace, usage) : null, table, time));
            return bySecret = table.Secrets().Where(secret => accounts.ContainsKey(secret.KeyId)).ToDictionary(secret => secret.Hash, secret => (accounts[secret.KeyId], secret.UntilMs));
        }
    }

    private TokenQuota NamespaceOf(string name, Dictionary<string, ApiUsageRow> usage, (long? Tokens, QuotaPeriod Period) limit = default)
    {
        if (!namespaces.TryGetValue(name, out var quota))
            namespaces.Add(name, quota = new TokenQuota(ApiNamespaceRow.UsageId(name), $"the namespace {name} of this API key", limit, usage.GetValueOrDefault(ApiNamespaceRow.UsageId(name)), table, time));
        return quota;
    }

    private static Refusal Unauthorized(string hint) => new(ErrorCode.Unauthorized, hint);

    private static Refusal NoSuchKey(string id) => new(ErrorCode.NotFound, $"There is no key {id}: fedai apikeys list shows them.");
}
