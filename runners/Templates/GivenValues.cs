namespace FedAi.Runners.Templates;

/// <summary>The values a call is given. They are taken in the order of the parameters; one that is left over is an error, not ignored.</summary>
internal sealed class GivenValues(IReadOnlyList<object?> byPlace, Dictionary<string, object?> byName)
{
    private int taken;

    /// <summary>Those given by name that were not taken yet.</summary>
    public Dictionary<string, object?> ByName => byName;

    public bool HasPlace => taken < byPlace.Count;

    /// <summary>The next parameter; absent when it is not given.</summary>
    public object? Take(string name, object? absent = null)
    {
        if (taken < byPlace.Count) return byPlace[taken++];
        return byName.Remove(name, out var value) ? value : absent;
    }

    public object? Need(string name) => Take(name, this) is var value && value != this ? value : throw new TemplateException($"a call lacks its \"{name}\"");

    public string NeedText(string name) => Need(name) as string ?? throw new TemplateException($"\"{name}\" must be a text");

    /// <summary>A whole number, or null when it is not given or none.</summary>
    public int? TakeNumber(string name) => Take(name) switch
    {
        null => null,
        long number => (int)Math.Clamp(number, int.MinValue, int.MaxValue),
        _ => throw new TemplateException($"\"{name}\" must be a whole number"),
    };

    public void End()
    {
        if (taken < byPlace.Count || byName.Count > 0) throw new TemplateException("a call is given more than is supported");
    }
}
