using Multiproc.Peers.References;
using Multiproc.States;

namespace Multiproc.Nodes;

/// <summary>Asks an object's shell which objects of its own home its state refers to.</summary>
internal sealed record Survey(Guid Home, Action<IReadOnlyList<long>> Found) : IObjectMessage
{
    public void ObjectGone(IReplyTo node) => Found([]);

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
