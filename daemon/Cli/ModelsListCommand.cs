using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using FedAi.Daemon.Control;
using FedAi.Daemon.Hosting;
using FedAi.Runners.Library;

namespace FedAi.Daemon.Cli;

/// <summary><c>fedai models list</c>: what is in the folder, and where each model stands; of those that a running daemon is to serve, that daemon says it.</summary>
internal static class ModelsListCommand
{
    public static async Task<int> ListAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var library = ModelsCommand.Library(arguments);
        var served = await ServedAsync(arguments.GetValue(CliOptions.Data)!, cancellationToken);
        var models = library.Read().Select(entry => (Entry: entry, Standing: served.GetValueOrDefault(library.PathOf(entry), library.Standing(entry)))).ToList();
        var others = library.Files().Where(path => models.All(model => library.PathOf(model.Entry) != path)).Select(Path.GetFileName).ToList();
        var unfinished = library.Unfinished();
        if (arguments.GetValue(CliOptions.Json))
        {
            Console.WriteLine(new JsonObject
            {
                ["folder"] = library.Folder,
                ["models"] = new JsonArray([.. models.Select(model => Listed(model.Entry, model.Standing, library))]),
                ["unfinished"] = new JsonArray([.. unfinished.Select(one => new JsonObject { ["name"] = one.Name, ["bytes"] = one.Bytes, ["allBytes"] = one.AllBytes, ["source"] = one.Source })]),
                ["notAdded"] = new JsonArray([.. others.Select(name => JsonValue.Create(name))]),
            }.ToJsonString());
            return ExitCodes.Ok;
        }

        if (models.Count + others.Count + unfinished.Count == 0)
            Console.WriteLine($"no models in {library.Folder} yet: get one with fedai models pull hf:OWNER/REPOSITORY/FILE.gguf, or take one you have with fedai models add FILE");
        var width = models.Select(model => model.Entry.Name.Length).DefaultIfEmpty().Max();
        foreach (var (entry, (state, problem)) in models)
        {
            Console.WriteLine(TerminalText.Clean(string.Create(CultureInfo.InvariantCulture,
                $"{entry.Name.PadRight(width)}  {Word(state),-8}  {ByteText.Show(entry.Bytes),9}  {entry.Sha256[..12]}  {DateTimeOffset.FromUnixTimeMilliseconds(entry.AddedMs):yyyy-MM-dd}  {entry.Source}")));
            if ((problem ?? Note(state, entry)) is { } note) Console.WriteLine(TerminalText.Clean($"  {note}"));
        }

        foreach (var one in unfinished) Console.WriteLine(TerminalText.Clean($"{one.Name}  {ByteText.Show(one.Bytes)} of {ByteText.Show(one.AllBytes)}: fedai models pull {one.Source} goes on, fedai models rm {one.Name} throws it away"));
        foreach (var name in others) Console.WriteLine(TerminalText.Clean($"{name}  not added: fedai models add {Path.Combine(library.Folder, name!)} writes down its hash"));
        return ExitCodes.Ok;
    }

    private static string? Note(ModelState state, ModelEntry entry) =>
        state == ModelState.Archived ? $"its file is gone: pull or add it again, or fedai models rm {entry.Name}" : null;

    private static string Word(ModelState state) => state.ToString().ToLowerInvariant();

    private static JsonObject Listed(ModelEntry entry, (ModelState State, string? Problem) standing, ModelLibrary library)
    {
        var json = ModelsCommand.ToJson(entry);
        json["present"] = File.Exists(library.PathOf(entry));
        json["state"] = Word(standing.State);
        json["problem"] = standing.Problem;
        return json;
    }

    /// <summary>What the daemon on this folder says of the files that it is to serve; nothing where none runs or it does not answer.</summary>
    private static async Task<Dictionary<string, (ModelState State, string? Problem)>> ServedAsync(string dataFolder, CancellationToken cancellationToken)
    {
        try
        {
            using var control = new ControlClient(dataFolder);
            var states = await control.GetAsync("status", cancellationToken) is { } status ? JsonNode.Parse(status)?["modelStates"] as JsonArray : null;
            return (states ?? []).Where(model => model?["file"] is not null).GroupBy(model => (string)model!["file"]!).ToDictionary(
                models => models.Key,
                models => models.Select(model => (Enum.TryParse<ModelState>((string?)model!["state"], ignoreCase: true, out var state) ? state : ModelState.Pending, (string?)model["problem"])).MinBy(model => model.Item1 != ModelState.Active),
                StringComparer.Ordinal);
        }
        catch (Exception exception) when (exception is HttpRequestException or JsonException || (exception is TaskCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return [];
        }
    }
}
