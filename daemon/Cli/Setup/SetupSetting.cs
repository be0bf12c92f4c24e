using System.Text.Json.Nodes;

namespace FedAi.Daemon.Cli.Setup;

/// <summary>One option that set-up would write; what was said in so many words beats what stands in the file, what is only recommended does not.</summary>
internal sealed record SetupSetting(string Key, JsonNode Value, bool IsSaid);
