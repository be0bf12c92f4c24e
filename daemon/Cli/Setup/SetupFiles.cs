using System.Text;
using System.Text.Json.Nodes;
using FedAi.Daemon.Capability;
using FedAi.Daemon.Hosting;

namespace FedAi.Daemon.Cli.Setup;

/// <summary>
/// Writes configuration, key and manifest. A second run keeps the key, and of the configuration every value that stands there, unless it was
/// told otherwise; nothing is written before all of it is known to be valid.
/// </summary>
internal sealed class SetupFiles(string folder, string configPath)
{
    /// <summary>The text of the file; null when there is none.</summary>
    public string? Existing() => File.Exists(configPath) ? File.ReadAllText(configPath) : null;

    /// <summary>The keys that stand in the file.</summary>
    public IReadOnlySet<string> Keys() => InFile().Keys.ToHashSet();

    /// <summary>Values of the file that differ from the plan, and that the operator did not name now.</summary>
    public IReadOnlyList<SetupSetting> Differing(IReadOnlyList<SetupSetting> settings)
    {
        var there = InFile();
        return [.. settings.Where(setting => !setting.IsSaid && there.TryGetValue(setting.Key, out var value) && !JsonNode.DeepEquals(value, setting.Value))];
    }

    /// <summary>The options as they would be, with the file's text; or every problem.</summary>
    public (FedAiOptions? Options, string Text, IReadOnlyList<SetupSetting> Set, IReadOnlyList<string> Problems) Plan(IReadOnlyList<SetupSetting> settings, bool replace)
    {
        var there = InFile();
        var text = Existing() ?? ConfigEdit.Empty;
        List<SetupSetting> set = [];
        // Each is put first in its section, so the last one stands first.
        foreach (var setting in settings.Reverse())
        {
            var known = there.TryGetValue(setting.Key, out var value);
            if (known && (JsonNode.DeepEquals(value, setting.Value) || (!setting.IsSaid && !replace))) continue;
            text = ConfigEdit.Set(text, setting.Key, setting.Value);
            set.Insert(0, setting);
        }

        var read = OptionsReader.Read(text, configPath, CliConfig.Environment(), []);
        return (read.Options, text, set, read.Problems);
    }

    public SetupDone Write(Role role, FedAiOptions options, string text, IReadOnlyList<SetupSetting> set, IReadOnlyList<SetupSetting> kept, ManifestFacts facts)
    {
        DataFolder.Create(folder);
        if (set.Count > 0) OwnManifestFile.Replace(configPath, Encoding.UTF8.GetBytes(text));
        var isNew = IdentityFile.TryCreate(folder, out var key);
        if (key is null && !IdentityFile.TryRead(folder, out key, out var problem)) throw new InvalidDataException(problem);
        using (key) return new SetupDone(key!.PublicKey.Npub, isNew, configPath, OwnManifestFile.Write(folder, role, key, options, facts), role == Role.Node ? OwnManifestFile.Roles(options, facts) : [], options, set, kept);
    }

    /// <summary>What the file itself says, by key.</summary>
    private Dictionary<string, JsonNode?> InFile()
    {
        var read = OptionsReader.Read(Existing(), configPath, [], []);
        return read.Options is { } options
            ? OptionsReader.Values(options).Where(option => read.Origins.ContainsKey(option.Key)).ToDictionary(option => option.Key, option => option.Value)
            : [];
    }
}
