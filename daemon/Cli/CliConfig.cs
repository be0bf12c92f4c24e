using System.Collections;
using System.CommandLine;
using FedAi.Daemon.Hosting;

namespace FedAi.Daemon.Cli;

/// <summary>Reads the configuration a command runs with; its problems go to standard error, all of them.</summary>
internal static class CliConfig
{
    /// <summary>The options, or null after the problems were told; then the exit code is <see cref="ExitCodes.Usage"/>.</summary>
    /// <param name="arguments">The command line: data folder, file and values.</param>
    /// <param name="flags">Values of flags of the command itself, by configuration key; those that were not given are null.</param>
    public static async Task<FedAiOptions?> ReadAsync(ParseResult arguments, params (string Key, string? Value)[] flags)
    {
        var (options, problems) = await LoadAsync(arguments, flags);
        foreach (var problem in problems) await Errors.TellAsync(problem);
        return options;
    }

    /// <summary>The same, with the problems told to nobody yet.</summary>
    public static async Task<OptionsResult> LoadAsync(ParseResult arguments, params (string Key, string? Value)[] flags)
    {
        var dataFile = Path.Combine(arguments.GetValue(CliOptions.Data)!, "fedai.json");
        var path = arguments.GetValue(CliOptions.Config) ?? (File.Exists(dataFile) ? dataFile : null);
        string? text = null;
        if (path is not null)
        {
            try
            {
                text = await File.ReadAllTextAsync(path);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                return new OptionsResult(null, [$"cannot read {path}: {exception.Message}"]);
            }
        }

        var values = new List<KeyValuePair<string, string>>();
        foreach (var setting in arguments.GetValue(CliOptions.Set)!)
        {
            var parts = setting.Split('=', 2);
            values.Add(KeyValuePair.Create(parts[0], parts.Length == 2 ? parts[1] : ""));
        }

        values.AddRange(flags.Where(flag => flag.Value is not null).Select(flag => KeyValuePair.Create(flag.Key, flag.Value!)));
        return OptionsReader.Read(text, path ?? dataFile, Environment(), values);
    }

    public static IEnumerable<KeyValuePair<string, string>> Environment() =>
        System.Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().Select(entry => KeyValuePair.Create((string)entry.Key, (string?)entry.Value ?? ""));
}
