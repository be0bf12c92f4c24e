using FedAi.TestKit;

namespace FedAi.EndToEndTests.Reverse;

/// <summary>A test that needs two networks; skipped where none can be made.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NamespaceFactAttribute : FactAttribute
{
    public NamespaceFactAttribute() => Skip = NetworkNamespaces.Unavailable;
}
