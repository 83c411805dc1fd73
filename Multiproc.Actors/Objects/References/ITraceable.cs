using Multiproc.Serialization;

namespace Multiproc.Objects.References;

/// <summary>A state that keeps users' values, in which references to other objects may be.</summary>
internal interface ITraceable
{
    IEnumerable<Payload> Payloads { get; }
}

/// <summary>Asks an object's shell which objects of its own home its state refers to.</summary>
internal sealed record Survey(Guid Home, Action<IReadOnlyList<long>> Found) : IObjectMessage
{
    public void ObjectGone(Home home) => Found([]);

    public void Answer(ITraceable? state)
    {
        var found = new List<long>();
        foreach (var payload in state?.Payloads ?? [])
        {
            foreach (var (home, id) in ReferenceMark.Find(payload.Bytes.Span))
            {
                if (home.Id == Home)
                {
                    found.Add(id);
                }
            }
        }

        Found(found);
    }
}
