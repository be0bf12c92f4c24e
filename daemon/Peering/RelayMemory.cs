using System.Text.Json;
using FedAi.Protocol.Json;
using FedAi.Protocol.Messages;

namespace FedAi.Daemon.Peering;

/// <summary>The relays found last, in a file of the data folder: a restart while every directory is down loses nothing.</summary>
internal sealed class RelayMemory(string path)
{
    /// <summary>Its name in the folder of a network.</summary>
    public const string FileName = "relays.json";

    /// <summary>What was found last, or null when nothing readable is there.</summary>
    public RelayDiscoverySnapshot? Load()
    {
        try
        {
            var found = JsonSerializer.Deserialize(File.ReadAllBytes(path), ProtocolJson.Default.RelayDiscoverySnapshot);
            return found?.Relays?.All(relay => relay is { Url: not null, Tags: not null }) == true ? found : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Takes the place of what was there; false when the disk does not want it, which costs nothing but the memory.</summary>
    public bool TrySave(RelayDiscoverySnapshot found)
    {
        try
        {
            File.WriteAllBytes(path + ".new", JsonSerializer.SerializeToUtf8Bytes(found, ProtocolJson.Default.RelayDiscoverySnapshot));
            File.Move(path + ".new", path, overwrite: true);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
