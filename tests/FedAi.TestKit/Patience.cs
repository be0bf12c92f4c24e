namespace FedAi.TestKit;

/// <summary>How long a test waits for what must happen before it fails. Long, because only a broken product ever waits so long.</summary>
internal static class Patience
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
}
