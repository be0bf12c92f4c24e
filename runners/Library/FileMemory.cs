using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace FedAi.Runners.Library;

/// <summary>Small facts by name, kept in a file that may be deleted at any time (null: in memory only). Commands and the daemon use it at once; the last one to write wins.</summary>
internal sealed class FileMemory<T>(string? file, JsonTypeInfo<Dictionary<string, T>> type) where T : class
{
    private const int Most = 256;

    private readonly Lock gate = new();
    private Dictionary<string, T>? known;

    public T? Find(string name)
    {
        lock (gate) return (known ??= Load()).GetValueOrDefault(name);
    }

    /// <summary>Keeps a fact; those that <paramref name="isGone"/> says nobody will ask for are forgotten.</summary>
    public void Set(string name, T fact, Func<string, bool>? isGone = null)
    {
        lock (gate)
        {
            known = Load(); // another process may have learnt something meanwhile
            foreach (var gone in known.Keys.Where(one => isGone?.Invoke(one) == true).ToList()) known.Remove(gone);
            if (known.Count >= Most) known.Clear();
            known[name] = fact;
            Save();
        }
    }

    public void Forget(string name)
    {
        lock (gate)
            if ((known = Load()).Remove(name))
                Save();
    }

    private Dictionary<string, T> Load()
    {
        try
        {
            return file is null ? known ?? [] : JsonSerializer.Deserialize(File.ReadAllBytes(file), type) ?? [];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException)
        {
            return known ?? []; // not there yet, or of no use: everything is found out again
        }
    }

    private void Save()
    {
        try
        {
            if (file is null) return;
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            DurableFile.Replace(file, JsonSerializer.SerializeToUtf8Bytes(known!, type));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // a full or read-only disk: this process still knows it
        }
    }
}
