using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using FedAi.Daemon.Accounts;
using FedAi.Daemon.Control;
using FedAi.Daemon.Hosting;
using FedAi.Daemon.Store;
using FedAi.Protocol.Messages;

namespace FedAi.Daemon.Cli;

/// <summary><c>fedai apikeys new|list|usage|limit|revoke|rotate</c>: who may use this daemon's /v1 from other machines, and how much. Asks the running daemon, or works on its store when none runs.</summary>
internal static class ApiKeysCommand
{
    private static readonly Option<string?> Npub = new("--npub") { Description = "whose key it is, and to whom its use is booked (default: this daemon's own)", HelpName = "NPUB" };
    private static readonly Option<string?> Name = new("--name") { Description = "your own word for it", HelpName = "TEXT" };
    private static readonly Option<string?> Namespace = new("--namespace") { Description = "the group it belongs to: fedai apikeys usage sums up each", HelpName = "NAME" };
    private static readonly Argument<string> Group = new("NAMESPACE") { Description = "the group, as --namespace of apikeys new named it" };
    private static readonly Option<bool> None = new("--none") { Description = "no limit any more" };
    private static readonly Option<double?> Rps = new("--rps") { Description = "requests per second in the long run (default: api.rps)", HelpName = "N" };
    private static readonly Option<long?> Burst = new("--burst") { Description = "requests that may come at once (default: api.burst)", HelpName = "N" };
    private static readonly Option<long?> Concurrency = new("--concurrency") { Description = "requests running at the same time (default: api.concurrency)", HelpName = "N" };
    private static readonly Option<long?> Tokens = new("--tokens") { Description = "tokens of prompts and answers together (default: no limit)", HelpName = "N" };
    private static readonly Option<string?> Per = new("--per") { Description = "what --tokens is for: day, month (both UTC) or total (default)", HelpName = "PERIOD" };
    private static readonly Option<string[]> Models = new("--models") { Description = "the only models it may ask", HelpName = "MODEL", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [] };
    private static readonly Option<long?> Days = new("--days") { Description = "days until it expires (default: never)", HelpName = "N" };
    private static readonly Option<long> Grace = new("--grace") { Description = "seconds for which the old secret still works (default: a day)", HelpName = "SECONDS", DefaultValueFactory = _ => 86_400 };
    private static readonly Argument<string> Id = new("ID") { Description = "the key's id, as fedai apikeys list shows it" };

    public static Command Create()
    {
        var make = new Command("new", "make a key and print it, this once") { CliOptions.Data, CliOptions.Config, CliOptions.Set, CliOptions.Json, Npub, Name, Namespace, Rps, Burst, Concurrency, Tokens, Per, Models, Days };
        make.SetAction(NewAsync);
        var list = new Command("list", "show the keys, their limits and what they used") { CliOptions.Data, CliOptions.Config, CliOptions.Set, CliOptions.Json };
        list.SetAction((arguments, cancellationToken) => RunAsync(arguments, new ApiKeyOrder { Op = ApiKeyOrder.List }, cancellationToken));
        var usage = new Command("usage", "sum up what the keys of each namespace used") { CliOptions.Data, CliOptions.Config, CliOptions.Set, CliOptions.Json };
        usage.SetAction((arguments, cancellationToken) => RunAsync(arguments, new ApiKeyOrder { Op = ApiKeyOrder.List }, cancellationToken, UsageOf));
        var limit = new Command("limit", "say how many tokens all keys of a namespace may use together") { CliOptions.Data, CliOptions.Config, CliOptions.Set, CliOptions.Json, Group, Tokens, Per, None };
        limit.SetAction(LimitAsync);
        var revoke = new Command("revoke", "take a key back at once, for good") { CliOptions.Data, CliOptions.Config, CliOptions.Set, CliOptions.Json, Id };
        revoke.SetAction((arguments, cancellationToken) => RunAsync(arguments, new ApiKeyOrder { Op = ApiKeyOrder.Revoke, Id = arguments.GetValue(Id) }, cancellationToken));
        var rotate = new Command("rotate", "give a key a new secret, and print it, this once") { CliOptions.Data, CliOptions.Config, CliOptions.Set, CliOptions.Json, Id, Grace };
        rotate.SetAction((arguments, cancellationToken) => RunAsync(arguments, new ApiKeyOrder { Op = ApiKeyOrder.Rotate, Id = arguments.GetValue(Id), GraceSeconds = arguments.GetValue(Grace) }, cancellationToken));
        return new Command("apikeys", "keys with which programs on other machines may use /v1") { make, list, usage, limit, revoke, rotate };
    }

    private static async Task<int> NewAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var npub = arguments.GetValue(Npub);
        if (npub is null)
        {
            if (!IdentityFile.TryRead(Path.GetFullPath(arguments.GetValue(CliOptions.Data)!), out var own, out var problem))
            {
                await Errors.TellAsync(problem);
                return ExitCodes.Usage;
            }

            using (own) npub = own.PublicKey.Npub;
        }

        return await RunAsync(arguments, new ApiKeyOrder
        {
            Op = ApiKeyOrder.New,
            Npub = npub,
            Name = arguments.GetValue(Name),
            Namespace = arguments.GetValue(Namespace),
            PerSecond = arguments.GetValue(Rps),
            Burst = arguments.GetValue(Burst),
            Concurrency = arguments.GetValue(Concurrency),
            Tokens = arguments.GetValue(Tokens),
            Period = arguments.GetValue(Per),
            Models = arguments.GetValue(Models),
            ExpiresMs = arguments.GetValue(Days) is { } days ? TimeProvider.System.GetUtcNow().AddDays(Math.Clamp(days, -1, 36_500)).ToUnixTimeMilliseconds() : null,
        }, cancellationToken);
    }

    private static async Task<int> LimitAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        if (arguments.GetValue(Tokens) is null == arguments.GetValue(None)) return await RunAsync(arguments, new ApiKeyOrder
        {
            Op = ApiKeyOrder.Limit,
            Namespace = arguments.GetValue(Group),
            Tokens = arguments.GetValue(Tokens),
            Period = arguments.GetValue(Per),
        }, cancellationToken);
        await Errors.TellAsync("say --tokens N, and --per day or month where it is for that; or --none for no limit");
        return ExitCodes.Usage;
    }

    /// <summary>The part of a list that is about namespaces; null when a daemon from before there were any listed.</summary>
    private static JsonObject? UsageOf(JsonObject listed) => listed["namespaces"] is { } namespaces ? new() { ["namespaces"] = namespaces.DeepClone() } : null;

    private static async Task<int> RunAsync(ParseResult arguments, ApiKeyOrder order, CancellationToken cancellationToken, Func<JsonObject, JsonObject?>? part = null)
    {
        var (answer, problem, code) = await AskAsync(arguments, order, cancellationToken);
        if (answer is null)
        {
            await Errors.TellAsync(problem!);
            return code;
        }

        if (part is not null) answer = part(answer);
        if (answer is null)
        {
            await Errors.TellAsync("the running fedai is of another version: restart it");
            return ExitCodes.TryAgain;
        }

        if (arguments.GetValue(CliOptions.Json)) Console.WriteLine(answer.ToJsonString());
        else foreach (var line in Lines(order.Op, answer)) Console.WriteLine(TerminalText.Clean(line));
        return ExitCodes.Ok;
    }

    /// <summary>What the running daemon answers; else what its store does, which nobody else may open meanwhile (ARCHITECTURE D4).</summary>
    private static async Task<(JsonObject? Answer, string? Problem, int Code)> AskAsync(ParseResult arguments, ApiKeyOrder order, CancellationToken cancellationToken)
    {
        var path = Path.GetFullPath(arguments.GetValue(CliOptions.Data)!);
        DataFolder? folder = null;
        try
        {
            using var control = new ControlClient(path);
            if (await control.PostAsync("apikeys", JsonSerializer.SerializeToUtf8Bytes(order, AccountsJson.Default.ApiKeyOrder), cancellationToken) is var (ok, json))
            {
                var told = JsonNode.Parse(json)!.AsObject();
                return ok ? (told, null, ExitCodes.Ok) : (null, (string?)told["hint"] ?? (string?)told["error"], ExitCodes.Usage);
            }

            var (options, problems) = await CliConfig.LoadAsync(arguments);
            if (options is null) return (null, string.Join("; ", problems), ExitCodes.Usage);
            if (!Directory.Exists(path)) return (null, $"{path} is not there: make it with fedai keys new --data {path}, or name another with --data", ExitCodes.Usage);
            if (!DataFolder.TryHold(path, out folder)) return (null, $"another fedai is using {path} and does not answer: try again", ExitCodes.TryAgain);
            await using var database = Database.Open(Path.Combine(path, options.Network, "store.db"));
            var (answer, refusal) = await ApiKeyDesk.RunAsync(order, new ApiKeys(new ApiKeyTable(database), options.Api, TimeProvider.System), TimeProvider.System);
            return (answer, refusal?.Hint, refusal?.Code is ErrorCode.StorageFull ? ExitCodes.TryAgain : ExitCodes.Usage);
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException or JsonException)
        {
            return (null, $"the fedai on {path} did not answer: {exception.Message}", ExitCodes.TryAgain);
        }
        catch (Exception exception) when (exception is StoreException or IOException or UnauthorizedAccessException)
        {
            return (null, exception.Message, ExitCodes.TryAgain);
        }
        finally
        {
            folder?.Dispose();
        }
    }

    private static IEnumerable<string> Lines(string op, JsonObject answer)
    {
        if (op == ApiKeyOrder.List && answer["keys"] is null)
        {
            yield return "namespace         keys  requests  running  tokens used  of";
            foreach (var group in answer["namespaces"]!.AsArray())
                yield return $"{((string)group!["namespace"]! is { Length: > 0 } named ? named : "(none)"),-16}  {group["keys"],4}  {group["requests"],8}  {group["running"],7}  {(group["limit"] ?? group)["usedTokens"],11}  {Quota(group["limit"])}";
            yield break;
        }

        if (op == ApiKeyOrder.List)
        {
            yield return "id        state    requests  running  tokens used  of             name / npub";
            foreach (var key in answer["keys"]!.AsArray())
                yield return $"{key!["id"]}  {key["state"],-7}  {key["requests"],8}  {key["running"],7}  {key["usedTokens"],11}  {Quota(key),-13}  {((string)key["namespace"]! is { Length: > 0 } group ? group + "/" : "")}{key["name"]} {key["npub"]}";
            yield break;
        }

        if (op == ApiKeyOrder.Limit)
        {
            yield return $"{answer["namespace"]}: {Quota(answer["limit"])} shared by its keys ({answer["keys"]} now){(answer["limit"] is { } limited ? $", {limited["usedTokens"]} used" : "")}";
            yield break;
        }

        yield return op == ApiKeyOrder.Revoke ? $"{answer["id"]} opens nothing any more" : $"{answer["key"]}";
        if (op != ApiKeyOrder.Revoke) yield return $"key {answer["id"]} of {answer["npub"]}: it is shown this once; send it as Authorization: Bearer …";
    }

    private static string Quota(JsonNode? key) => key?["tokens"] is { } tokens
        ? string.Create(CultureInfo.InvariantCulture, $"{tokens}{((string?)key["period"] is "total" ? "" : $" a {key["period"]}")}")
        : "no limit";
}
