import { mount, type Component } from 'svelte';
import Awarding from './Awarding.svelte';
import Deposits from './Deposits.svelte';
import Steps from './Steps.svelte';

/** Brings a part of the page to life that the server has rendered for reading, with the same props. */
function enliven<Props extends Record<string, unknown>>(id: string, component: Component<Props>): void {
  const target = document.getElementById(id);
  if (target === null) return;
  const props = JSON.parse(target.dataset['props'] ?? '') as Props;
  target.replaceChildren();
  mount(component, { target, props });
}

enliven('awarding', Awarding);
enliven('deposits-of-bounty', Deposits);
enliven('steps', Steps);
