using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace Multiproc.Managers;

/// <summary>The types registered for a class of managers. A class inherits the registrations of its base class.</summary>
internal sealed class Registry
{
    private static readonly ConcurrentDictionary<Type, Registry> s_all = [];

    private readonly ConcurrentDictionary<string, Registration> _types = new(StringComparer.Ordinal);

    public static void Add(Type manager, Registration registration) =>
        s_all.GetOrAdd(manager, static _ => new Registry())._types[registration.TypeId] = registration;

    public static IReadOnlyDictionary<string, Registration> For(Type manager)
    {
        var found = new Dictionary<string, Registration>(StringComparer.Ordinal);
        for (var type = manager; type is not null && type != typeof(object); type = type.BaseType)
        {
            // Types are registered in the static constructor of the manager's class.
            RuntimeHelpers.RunClassConstructor(type.TypeHandle);
            if (s_all.TryGetValue(type, out var registry))
            {
                foreach (var (name, registration) in registry._types)
                {
                    found.TryAdd(name, registration);
                }
            }
        }

        return found;
    }
}
