namespace FedAi.Runners.Templates;

/// <summary>What can be called on an object.</summary>
internal static class MapMethods
{
    public static bool IsKnown(string name) => name is "items" or "keys" or "values" or "get";

    public static object? Apply(string name, OrderedDictionary<string, object?> map, GivenValues given)
    {
        var result = name switch
        {
            "items" => map.Select(member => (object?)new List<object?> { member.Key, member.Value }).ToList(),
            "keys" => map.Keys.Select(key => (object?)key).ToList(),
            "values" => map.Values.ToList(),
            _ => map.TryGetValue(given.NeedText("key"), out var value) ? Found(value, given) : given.Take("default"),
        };
        given.End();
        return result;
    }

    private static object? Found(object? value, GivenValues given)
    {
        given.Take("default");
        return value;
    }
}
