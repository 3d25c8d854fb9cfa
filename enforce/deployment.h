// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "abi/runtime.h"
#include "base/error.h"
#include "base/fd.h"
#include "enforce/hooks.h"
#include "enforce/image_map.h"
#include "enforce/kernel_types.h"

namespace bailiff::enforce {

// What is pinned there. kUnknown when there is no such pin.
Result<Fd> OpenPin(std::string_view directory, const std::string& name);

// The name of the link by which a hook has its requests decided (Deployment::links()).
std::string DeciderOf(const HookInfo& hook);

// Whom a deployment's policies are about: whoever they say, or of those only the members of a run;
// or whose requests are told, and not decided: those of members.
enum class Among { kEveryone, kMembers, kTraced };

// What an image needs, of the hooks that this kernel has, by its types.
Wanted WantedBy(const policy::ImageView& image, const KernelTypes& kernel,
                Among among = Among::kEveryone);

// One set of our programs in the kernel, with its maps: loaded just now, or adopted from its pins.
// Holding one keeps it alive; it outlives the process only by its pins.
class Deployment {
  public:
    // Loads the programs that are wanted, publishes the empty image, then attaches them in order.
    // Nothing is denied by it yet. A hook that cannot be attached fails the whole.
    // `before`: the image of the pinned deployment, whose knowledge goes on of what tasks descend
    // from and what they run; or null.
    static Result<Deployment> Load(const Wanted& wanted, const KernelTypes& kernel,
                                   const ImageMap* before);

    // From the pins in a directory. kUnknown when they are not all there, or of another version.
    static Result<Deployment> Adopt(std::string_view directory);

    // Has it these hooks, and no others, and does it know of who asks all that is wanted?
    bool Serves(const Wanted& wanted) const;
    // Are its programs the ones that this executable carries?
    bool is_of_this_build() const;

    // Pins everything into a new directory.
    Status Pin(std::string_view directory) const;

    Result<ImageMap> Published() const { return ImageMap::Published(slot()); }
    // Swaps the slot: from its return on, no decision is made by the image before.
    Status Publish(const ImageMap& image) const;
    // The same, of an image that was published before and has been held since. Needs nothing that
    // the policy in force could deny.
    Status PutBack(const ImageMap& before) const;

    // The image that denies nothing, as generation 0.
    Status PublishEmpty() const { return PublishEmptyIn(slot()); }
    static Status PublishEmptyIn(int slot);

    // One of its maps that is not named here; kUnknown for a deployment that was adopted.
    Result<int> Map(const std::string& name) const;
    int slot() const { return maps_.at("slot").get(); }
    int probes() const { return maps_.at("probes").get(); }
    // Shared with the programs.
    blf_control* control() const { return control_; }
    // What is attached.
    HookSet hooks() const { return HookSet{control_->hooks[1]} << 64 | control_->hooks[0]; }
    // By hook name; and those by which hooks have their requests decided, by names of their own.
    const std::map<std::string, Fd>& links() const { return links_; }

    Deployment(Deployment&& other) noexcept;
    Deployment& operator=(Deployment&& other) noexcept;
    ~Deployment();

  private:
    Deployment() = default;
    Status MapControl();
    // A number made of the ids of the programs that the links are of.
    Result<uint64_t> NumberOfPrograms() const;

    std::map<std::string, Fd> maps_;
    std::map<std::string, Fd> links_;
    blf_control* control_ = nullptr;
};

}  // namespace bailiff::enforce
